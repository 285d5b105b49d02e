package org.smsieve.benchmark;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.smsieve.command.Commands;
import picocli.CommandLine;

/** Options are checked before anything is started. */
class OptionsTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            benchmark --seconds 0                       | 1 | smsieve: --seconds: 0.0 (expected: 0.1 to 600)
            benchmark --precision fp64                  | 1 | smsieve: precision: fp64 (expected: auto, fp32, bf16 or int8)
            benchmark --model /none                     | 1 | smsieve: --model: /none: no such directory (expected: a bundle)
            benchmark --data /none                      | 1 | smsieve: --data: /none: cannot be read
            benchmark stream --seconds NaN              | 1 | smsieve: --seconds: NaN (expected: 1 to 3600)
            benchmark stream --warm-up -1               | 1 | smsieve: --warm-up: -1.0 (expected: 0 to 3600)
            benchmark stream --partitions 0             | 1 | smsieve: --partitions: 0 (expected: 1 to 1000)
            benchmark stream --loads 0.5,0.1            | 1 | smsieve: --loads: [0.5, 0.1] (expected: above 0 and at most 1, rising)
            benchmark stream --loads 0                  | 1 | smsieve: --loads: [0.0] (expected: above 0 and at most 1, rising)
            benchmark stream --model /none              | 1 | smsieve: --model: /none: no such directory (expected: a bundle)
            benchmark stream --data /none               | 1 | smsieve: --data: /none: cannot be read
            benchmark stream --app a --set b=c          | 1 | smsieve: --set: (expected: none with --app, they are settings of smsieve stream)
            benchmark stream --guarantee at_most_once   | 2 | Invalid value for option '--guarantee'
            benchmark --seconds many                    | 2 | Invalid value for option '--seconds'
            """)
    void areRefusedWhereTheyMakeNoSense(String command, int code, String told) {
        StringWriter err = new StringWriter();
        CommandLine line = Commands.commandLine(new Main());
        line.setErr(new PrintWriter(err));

        int result = line.execute(command.split(" "));

        assertThat(err.toString()).startsWith(told);
        assertThat(result).isEqualTo(code);
    }
}
