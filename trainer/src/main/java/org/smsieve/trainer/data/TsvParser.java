package org.smsieve.trainer.data;

/**
 * {@code label<TAB>text} a line, quotes and further tabs being part of the text. A line ends with LF or CR LF; other
 * control characters stand in real messages. A first line of the words label and text is a heading.
 */
final class TsvParser implements RowParser {
    @Override
    public void parse(String content, RowCollector rows) {
        int number = 0;
        for (String ended : content.split("\n", -1)) {
            number++;
            String line = ended.endsWith("\r") ? ended.substring(0, ended.length() - 1) : ended;
            int tab = line.indexOf('\t');
            if (line.isEmpty() || (number == 1 && line.equalsIgnoreCase("label\ttext"))) {
                continue;
            }
            if (tab < 0) {
                rows.reject(number, "no tab after the label");
            } else {
                rows.add(number, line.substring(0, tab), line.substring(tab + 1));
            }
        }
    }
}
