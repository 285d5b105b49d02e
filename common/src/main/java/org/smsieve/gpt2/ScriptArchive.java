package org.smsieve.gpt2;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * Writes a TorchScript archive: a zip of source text and a pickled object tree. The tensors in it are placeholders of
 * one element: the program's own {@code load} methods put the weights in their place, so that an archive takes a few
 * kilobytes and no weight is written twice.
 *
 * @see <a href="https://github.com/pytorch/pytorch/blob/main/torch/csrc/jit/docs/serialization.md">The format</a>
 * @see <a href="https://github.com/python/cpython/blob/main/Lib/pickletools.py">The pickle opcodes</a>
 */
final class ScriptArchive {
    private static final String FOLDER = "program/";
    /** The version from which on {@code gelu} takes {@code approximate}. */
    private static final String VERSION = "10\n";

    private static final byte[] EMPTY_TUPLE = {(byte) 0x80, 2, ')', '.'};
    private static final byte[] ONE_FLOAT = new byte[Float.BYTES];

    private ScriptArchive() {}

    /**
     * An archive of one module.
     *
     * @param type the module's qualified class name, {@code __torch__.NAME}
     * @param source the class's definition
     * @param tensors the names of its tensors
     * @param empty the names of what else it holds, nothing at first
     */
    static byte[] of(String type, String source, List<String> tensors, List<String> empty) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            store(zip, "data.pkl", pickle(type, tensors, empty));
            store(zip, "code/__torch__.py", source.getBytes(StandardCharsets.UTF_8));
            store(zip, "data/0", ONE_FLOAT);
            store(zip, "constants.pkl", EMPTY_TUPLE);
            store(zip, "version", VERSION.getBytes(StandardCharsets.US_ASCII));
            store(zip, "byteorder", "little".getBytes(StandardCharsets.US_ASCII));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    private static byte[] pickle(String type, List<String> tensors, List<String> empty) {
        Pickle pickle = new Pickle();
        int dot = type.lastIndexOf('.');
        pickle.global(type.substring(0, dot), type.substring(dot + 1))
                .op(')') // no arguments
                .op(0x81) // new object
                .op('}') // its state, a dictionary
                .op('(')
                .string("training")
                .op(0x89); // False
        for (String tensor : tensors) {
            pickle.string(tensor);
            placeholder(pickle);
        }
        for (String attribute : empty) {
            pickle.string(attribute).op('N');
        }
        return pickle.op('u').op('b').op('.').bytes();
    }

    /** {@code _rebuild_tensor_v2(storage 0, offset 0, size (1,), stride (1,), requires_grad, hooks)}. */
    private static void placeholder(Pickle pickle) {
        pickle.global("torch._utils", "_rebuild_tensor_v2")
                .op('(')
                .op('(')
                .string("storage")
                .global("torch", "FloatStorage")
                .string("0")
                .string("cpu")
                .number(1)
                .op('t')
                .op('Q') // the storage of that persistent id
                .number(0)
                .op('(')
                .number(1)
                .op('t')
                .op('(')
                .number(1)
                .op('t')
                .op(0x89)
                .global("collections", "OrderedDict")
                .op(')')
                .op('R')
                .op('t')
                .op('R');
    }

    private static void store(ZipOutputStream zip, String name, byte[] content) throws IOException {
        ZipEntry entry = new ZipEntry(FOLDER + name);
        entry.setMethod(ZipEntry.STORED);
        entry.setSize(content.length);
        CRC32 checksum = new CRC32();
        checksum.update(content);
        entry.setCrc(checksum.getValue());
        zip.putNextEntry(entry);
        zip.write(content);
        zip.closeEntry();
    }

    /** A pickle of protocol 2 in the making. */
    private static final class Pickle {
        private final ByteArrayOutputStream out = new ByteArrayOutputStream();

        Pickle() {
            op(0x80).op(2);
        }

        Pickle op(int opcode) {
            out.write(opcode);
            return this;
        }

        Pickle global(String module, String name) {
            out.writeBytes(("c" + module + "\n" + name + "\n").getBytes(StandardCharsets.US_ASCII));
            return this;
        }

        Pickle string(String text) {
            byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
            op('X').littleEndian(utf8.length);
            out.writeBytes(utf8);
            return this;
        }

        Pickle number(int value) {
            return op('J').littleEndian(value);
        }

        byte[] bytes() {
            return out.toByteArray();
        }

        private Pickle littleEndian(int value) {
            return op(value).op(value >>> 8).op(value >>> 16).op(value >>> 24);
        }
    }
}
