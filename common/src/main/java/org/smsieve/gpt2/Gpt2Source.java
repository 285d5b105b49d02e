package org.smsieve.gpt2;

import java.util.ArrayList;
import java.util.List;
import org.smsieve.checkpoint.Gpt2Config;

/**
 * Writes GPT-2, or a run of its blocks, as TorchScript source, the Python-like text inside a TorchScript archive. One
 * definition serves training and serving, every device and precision.
 *
 * <p>Hidden states are kept as {@code (positions, embed)}, the sequences one after the other, so that a linear layer is
 * one product without copies. Attention goes by the groups of {@link TokenBatch}, which are padded on the right; under
 * the causal mask padding changes nothing at the positions before it. {@code rows} are the positions to read, at most
 * one a sequence and in the sequences' order for the classifier. The last block computes for those rows alone.
 *
 * <p>Methods: {@code load_embeddings}, {@code load_block_N}, {@code load_head} and {@code load_adapters} take over the
 * weights; {@code forward} goes from tokens, or from hidden states where the first blocks are left out, to logits, or
 * to hidden states where the last ones are. For training there are {@code gradients} and {@code update}, which
 * {@link TrainingSource} writes.
 *
 * <p>Longer than other classes, so that a model is read from its embeddings to its head in one place.
 *
 * @see <a href="https://github.com/openai/gpt-2/blob/master/src/model.py">model.py of GPT-2</a>
 */
final class Gpt2Source {
    /** Qualified name of the class that the source defines. */
    static final String TYPE = "__torch__.Gpt2";

    /** Between the lines of a method's body. */
    private static final String NEXT_LINE = "\n    ";

    /** What {@link TokenBatch} gives. */
    static final String INPUTS = "input: Tensor, positions: Tensor, rows: Tensor, groups: Tensor";

    /** Quantised weights with their bias, in FBGEMM's order. */
    private static final String PACKED = "__torch__.torch.classes.quantized.LinearPackedParamsBase";

    /**
     * Numbers in a tile of {@link #tiledGelu}: a cache holds it twice, half a megabyte each time, and libtorch divides
     * it among four threads where a call has as many.
     */
    static final int TILE = 1 << 17;

    private static final String NO_SCALARS = "annotate(List[Optional[number]], [])";

    private final Gpt2Config config;
    private final Precision precision;
    private final Kernels kernels;
    private final ModelPart part;
    private final Training training;
    private final List<String> attributes = new ArrayList<>();
    private final List<String> packed = new ArrayList<>();
    private final StringBuilder methods = new StringBuilder();

    /** @param training null where nothing is trained */
    Gpt2Source(Gpt2Config config, Precision precision, Kernels kernels, ModelPart part, Training training) {
        this.config = config;
        this.precision = precision;
        this.kernels = kernels;
        this.part = part;
        this.training = training;
        if (part.begin() == 0) {
            embeddings();
        }
        if (kernels != Kernels.PLAIN && !isFused()) {
            tiledGelu();
        }
        for (int layer = part.begin(); layer < part.end(); layer++) {
            loadBlock(layer);
            if (isPooled(layer)) {
                pooledBlock(layer);
            } else {
                block(layer);
            }
        }
        if (part.head()) {
            head();
        }
        if (training != null && training.lora() != null) {
            adapters();
        }
        if (!part.head()) {
            hidden();
        } else if (config.labels().isEmpty()) {
            languageModel();
        } else {
            classifier();
        }
        if (training != null) {
            method("gradients", TrainingSource.GRADIENTS_ARGUMENTS, "List[Tensor]", TrainingSource.gradients(training));
            method("update", TrainingSource.UPDATE_ARGUMENTS, "Tensor", TrainingSource.update(training));
        }
    }

    /** The names of the tensors that the module holds, in the order in which the archive lists them. */
    List<String> attributes() {
        return attributes;
    }

    /** The names of what the module holds besides, of no value before it is loaded. */
    List<String> packed() {
        return packed;
    }

    /** The attribute that holds the parameter {@code name} in plain kernels. */
    static String attribute(String name) {
        return name.replace('.', '_');
    }

    /** The whole source. */
    String text() {
        StringBuilder source = new StringBuilder("class Gpt2(Module):\n  __parameters__ = [");
        attributes.forEach(name -> source.append('"').append(name).append("\", "));
        source.append("]\n  __buffers__ = []\n  training : bool\n");
        attributes.forEach(name -> source.append("  ").append(name).append(" : Tensor\n"));
        packed.forEach(name -> source.append("  ")
                .append(name)
                .append(" : Optional[")
                .append(PACKED)
                .append("]\n"));
        return source.append(methods).toString();
    }

    /** The classifier reads one position of a sequence: the last block need not compute the others. */
    private boolean isPooled(int layer) {
        return layer == config.layers() - 1 && part.head() && !config.labels().isEmpty();
    }

    private void method(String name, String arguments, String result, String... lines) {
        methods.append("  def ").append(name).append("(self: ").append(TYPE);
        methods.append(arguments.isEmpty() ? "" : ", ").append(arguments);
        methods.append(") -> ").append(result).append(":\n");
        for (String line : lines) {
            if (!line.isEmpty()) {
                methods.append("    ").append(line).append('\n');
            }
        }
    }

    /** A method that copies the weights given, in the precision asked for, into attributes of the module. */
    private void load(String name, List<String> assignments) {
        List<String> lines = new ArrayList<>(assignments);
        lines.add("return weights[0]");
        method(name, "weights: List[Tensor]", "Tensor", lines.toArray(String[]::new));
    }

    private String assignment(String attribute, String value) {
        attributes.add(attribute);
        return "self." + attribute + " = " + value;
    }

    private static String copy(int weight, String scalarType) {
        return "torch.to(weights[" + weight + "], " + scalarType + ", False, True)";
    }

    private void embeddings() {
        String type = precision.scalarType();
        load(
                "load_embeddings",
                List.of(assignment("wte_weight", copy(0, type)), assignment("wpe_weight", copy(1, type))));
        method(
                "embed",
                "tokens: Tensor, positions: Tensor",
                "Tensor",
                "x = torch.add(torch.embedding(self.wte_weight, tokens), torch.embedding(self.wpe_weight, positions))",
                "return " + dropped("x"));
    }

    private void loadBlock(int layer) {
        List<String> names = List.copyOf(config.blockParameters(layer).keySet());
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < names.size(); i++) {
            String attribute = attribute(names.get(i));
            String value = copy(i, precision.scalarType());
            boolean cut = isPooled(layer) && attribute.contains("c_attn");
            if (kernels == Kernels.PLAIN || attribute.contains("ln_") || (kernels == Kernels.BLAS && !cut)) {
                lines.add(assignment(attribute, value));
            } else if (cut) {
                lines.addAll(pooledAttention(attribute, value));
            } else if (kernels == Kernels.QUANTISED) {
                // A layer's bias follows its weights.
                if (attribute.endsWith("_weight")) {
                    lines.addAll(quantised(attribute, value, copy(i + 1, precision.scalarType())));
                }
            } else {
                lines.add(assignment(attribute, reordered(attribute, value)));
            }
        }
        load("load_block_" + layer, lines);
    }

    /** What the pooled block reads of {@code c_attn}, cut apart once. */
    private List<String> pooledAttention(String attribute, String value) {
        boolean weight = attribute.endsWith("weight");
        int axis = weight ? 1 : 0;
        List<String> lines = new ArrayList<>();
        String query = columns("(" + value + ")", axis, 0);
        lines.add(assignment(
                attribute.replace("c_attn", "query"),
                kernels == Kernels.ONEDNN ? reordered(attribute, query) : "torch.contiguous(" + query + ")"));
        if (weight) {
            lines.add(assignment(
                    attribute.replace("c_attn", "key"),
                    "torch.contiguous(" + byHead(columns(value, axis, 1), "[1, 2, 0]") + ")"));
        }
        String values = columns(value, axis, 2);
        lines.add(assignment(
                attribute.replace("c_attn", "value"),
                "torch.contiguous(" + (weight ? byHead(values, "[1, 0, 2]") : values) + ")"));
        return lines;
    }

    /** Quantises a linear layer's weights, each output by its largest, and packs them with the bias. */
    private List<String> quantised(String attribute, String weight, String bias) {
        String name = attribute.substring(0, attribute.length() - "_weight".length());
        packed.add(name);
        return List.of(
                "w = torch.contiguous(torch.t(" + weight + "))",
                "scales = torch.clamp(torch.div(torch.amax(torch.abs(w), [1], False), 127.), 1e-12, None)",
                "zeros = torch.to(torch.mul(scales, 0.), 4)",
                "q = torch.quantize_per_channel(w, torch.to(scales, 7), zeros, 0, 12)",
                "self." + name + " = ops.quantized.linear_prepack(q, " + bias + ")");
    }

    /** The query's, key's or value's part, 0 to 2, of {@code c_attn}'s weights or bias. */
    private String columns(String weights, int axis, int part) {
        int d = config.embed();
        return "torch.slice(" + weights + ", " + axis + ", " + part * d + ", " + (part + 1) * d + ", 1)";
    }

    /** (embed, embed) to (embed, heads, headWidth), permuted. */
    private String byHead(String weights, String permutation) {
        return "torch.permute(torch.view(" + weights + ", [" + config.embed() + ", " + config.heads() + ", "
                + config.headWidth() + "]), " + permutation + ")";
    }

    /** oneDNN wants a linear layer's weights as {@code [out, in]}, in an order of its own. */
    private static String reordered(String attribute, String value) {
        return attribute.endsWith("weight")
                ? "ops.mkldnn._reorder_linear_weight(torch.contiguous(torch.t(" + value + ")), None)"
                : "torch.contiguous(" + value + ")";
    }

    /** (positions, embed) to the same, all positions. */
    private void block(int layer) {
        String block = "self.h_" + layer + "_";
        method(
                "block_" + layer,
                "x: Tensor, batches: List[int], lengths: List[int], sizes: List[int]",
                "Tensor",
                "y = " + layerNorm("x", block + "ln_1"),
                "groups = torch.split_with_sizes(" + linear("y", block + "attn_c_attn") + ", sizes, 0)",
                "heads = annotate(List[Tensor], [])",
                "for i in range(torch.len(groups)):",
                // (3, batch, heads, tokens, headWidth)
                "  qkv = torch.permute(torch.view(groups[i], [batches[i], lengths[i], 3, " + config.heads() + ", "
                        + config.headWidth() + "]), [2, 0, 3, 1, 4])",
                "  h = torch.scaled_dot_product_attention(torch.select(qkv, 0, 0), torch.select(qkv, 0, 1),"
                        + " torch.select(qkv, 0, 2), None, 0., True)",
                "  _0 = torch.append(heads, torch.reshape(torch.transpose(h, 1, 2), [-1, " + config.embed() + "]))",
                "a = torch.cat(heads, 0)",
                afterAttention(block));
    }

    /**
     * (positions, embed) to (batch, embed): the one position of each sequence that {@code rows} names.
     *
     * <p>With a single query a sequence, keys and values need not be computed for each position: with y the normalised
     * hidden states, the scores q (y Wk + bk) are (q Wk') y, and what bk adds is the same for all positions and so
     * nothing to the softmax; the sum of p (y Wv + bv) is (the sum of p y) Wv + bv, since the p sum to one. Two
     * products per sequence in place of two per position (the reordering of DeepSeek-V2, section 2.1.2).
     */
    private void pooledBlock(int layer) {
        String block = "self.h_" + layer + "_";
        String attention = block + "attn_";
        boolean plain = kernels == Kernels.PLAIN;
        String parts = ", [" + config.embed() + ", " + config.embed() + ", " + config.embed() + "], ";
        String query = "torch.index_select(y, 0, rows)";
        method(
                "pooled_block_" + layer,
                "x: Tensor, positions: Tensor, rows: Tensor, batches: List[int], lengths: List[int], sizes: List[int]",
                "Tensor",
                "y = " + layerNorm("x", block + "ln_1"),
                "x = torch.index_select(x, 0, rows)",
                // Split once: the gradients of slices would each be as large as the whole.
                plain ? "w = torch.split_with_sizes(" + adapted(attention + "c_attn") + parts + "1)" : "",
                plain ? "b = torch.split_with_sizes(" + attention + "c_attn_bias" + parts + "0)" : "",
                "q = " + (plain ? "torch.addmm(b[0], " + query + ", w[0])" : pooledQuery(query, attention + "query")),
                // (heads, batch, headWidth)
                "q = torch.transpose(torch.view(q, [-1, " + config.heads() + ", " + config.headWidth() + "]), 0, 1)",
                // (heads, batch, embed)
                "q = torch.bmm(q, " + (plain ? byHead("w[1]", "[1, 2, 0]") : attention + "key_weight") + ")",
                "q = torch.mul(torch.transpose(q, 0, 1), " + 1 / Math.sqrt(config.headWidth()) + ")",
                "last = torch.view(torch.index_select(positions, 0, rows), [-1, 1, 1])",
                "queries = torch.split_with_sizes(q, batches, 0)",
                "ends = torch.split_with_sizes(last, batches, 0)",
                "groups = torch.split_with_sizes(y, sizes, 0)",
                "sums = annotate(List[Tensor], [])",
                "for i in range(torch.len(groups)):",
                "  g = torch.view(groups[i], [batches[i], lengths[i], " + config.embed() + "])",
                // (batch, heads, tokens)
                "  p = torch.bmm(queries[i], torch.transpose(g, 1, 2))",
                "  behind = torch.gt(torch.arange(lengths[i], dtype=None, layout=None, device=ops.prim.device(rows),"
                        + " pin_memory=None), ends[i])",
                "  p = torch.softmax(torch.masked_fill(p, behind, -1e30), 2)",
                // (batch, heads, embed)
                "  _0 = torch.append(sums, torch.bmm(p, g))",
                // (heads, batch, embed)
                "a = torch.transpose(torch.cat(sums, 0), 0, 1)",
                // (heads, batch, headWidth)
                "a = torch.bmm(a, " + (plain ? byHead("w[2]", "[1, 0, 2]") : attention + "value_weight") + ")",
                "a = torch.reshape(torch.transpose(a, 0, 1), [-1, " + config.embed() + "])",
                "a = torch.add(a, " + (plain ? "b[2]" : attention + "value_bias") + ")",
                afterAttention(block));
    }

    /** One row a sequence: not worth quantising. */
    private String pooledQuery(String x, String name) {
        return kernels == Kernels.ONEDNN ? linear(x, name) : product(x, name);
    }

    /** What a block does with the heads' results {@code a}, row by row: the output projection, then the MLP. */
    private String afterAttention(String block) {
        return String.join(
                NEXT_LINE,
                "x = " + residual("a", "x", block + "attn_c_proj"),
                "y = " + layerNorm("x", block + "ln_2"),
                "y = " + gelu("y", block + "mlp_c_fc"),
                "return " + residual("y", "x", block + "mlp_c_proj"));
    }

    /** The final LayerNorm and the head stay in float32: they cost nothing and decide the last digits. */
    private void head() {
        List<String> lines = new ArrayList<>();
        lines.add(assignment("ln_f_weight", copy(0, Precision.FP32.scalarType())));
        lines.add(assignment("ln_f_bias", copy(1, Precision.FP32.scalarType())));
        if (!config.labels().isEmpty()) {
            lines.add(assignment("score_weight", copy(2, Precision.FP32.scalarType())));
        }
        load("load_head", lines);
    }

    private void adapters() {
        List<String> lines = new ArrayList<>();
        for (String name : training.lora().parameters(config).keySet()) {
            lines.add(assignment(attribute(name), copy(lines.size(), precision.scalarType())));
        }
        load("load_adapters", lines);
    }

    /** Hidden states leave the program in float32, the one type that DJL's arrays and this share. */
    private void hidden() {
        List<String> lines = new ArrayList<>(entry());
        blocks(lines);
        lines.add("return torch.to(x, " + Precision.FP32.scalarType() + ")");
        method("forward", INPUTS, "Tensor", lines.toArray(String[]::new));
    }

    private void classifier() {
        List<String> lines = new ArrayList<>(entry());
        blocks(lines);
        if (part.begin() == config.layers()) {
            lines.add("x = torch.index_select(x, 0, rows)");
        }
        lines.add("x = " + layerNorm("torch.to(x, 6)", "self.ln_f"));
        lines.add("return torch.linear(x, self.score_weight)");
        method("forward", INPUTS, "Tensor", lines.toArray(String[]::new));
    }

    /** The output layer's weights are the token embedding's. */
    private void languageModel() {
        List<String> lines = new ArrayList<>(entry());
        blocks(lines);
        lines.add("x = " + layerNorm("torch.to(torch.index_select(x, 0, rows), 6)", "self.ln_f"));
        lines.add("return torch.to(torch.linear(torch.to(x, " + precision.scalarType() + "), self.wte_weight), 6)");
        method("forward", INPUTS, "Tensor", lines.toArray(String[]::new));
    }

    /** The input, (positions) tokens or (positions, embed) hidden states, to x. */
    private List<String> entry() {
        return List.of(
                "batches = annotate(List[int], [])",
                "lengths = annotate(List[int], [])",
                "sizes = annotate(List[int], [])",
                "for i in range(torch.size(groups, 0)):",
                "  batch = int(torch.item(torch.select(torch.select(groups, 0, i), 0, 0)))",
                "  length = int(torch.item(torch.select(torch.select(groups, 0, i), 0, 1)))",
                "  _0 = torch.append(batches, batch)",
                "  _1 = torch.append(lengths, length)",
                "  _2 = torch.append(sizes, torch.mul(batch, length))",
                part.begin() == 0
                        ? "x = (self).embed(input, positions)"
                        : "x = torch.to(input, " + precision.scalarType() + ")");
    }

    private void blocks(List<String> lines) {
        for (int layer = part.begin(); layer < part.end(); layer++) {
            lines.add(
                    isPooled(layer)
                            ? "x = (self).pooled_block_" + layer + "(x, positions, rows, batches, lengths, sizes)"
                            : "x = (self).block_" + layer + "(x, batches, lengths, sizes)");
        }
    }

    private String layerNorm(String x, String name) {
        return "torch.layer_norm(" + x + ", [" + config.embed() + "], " + name + "_weight, " + name + "_bias, "
                + config.layerNormEpsilon() + ")";
    }

    private String dropped(String x) {
        return training == null || training.dropout() == 0
                ? x
                : "torch.dropout(" + x + ", " + training.dropout() + ", self.training)";
    }

    private String linear(String x, String name) {
        return switch (kernels) {
            case PLAIN, BLAS ->
                hasAdapters()
                        ? "torch.add(" + product(x, name) + ", torch.mul(torch.mm(torch.mm(" + x + ", " + name
                                + "_lora_a), " + name + "_lora_b), "
                                + training.lora().scale() + "))"
                        : product(x, name);
            case ONEDNN ->
                "ops.mkldnn._linear_pointwise(" + x + ", " + name + "_weight, " + name + "_bias, \"none\", "
                        + NO_SCALARS + ", \"\")";
            // Seven bits of input: of eight, two products might not fit into the 16 bits they are summed in.
            case QUANTISED ->
                "ops.quantized.linear_dynamic(" + x + ", unchecked_cast(" + PACKED + ", " + name + "), True)";
        };
    }

    private static String product(String x, String name) {
        return "torch.addmm(" + name + "_bias, " + x + ", " + name + "_weight)";
    }

    /** The weights of a linear layer with its adapter's: worth the product where they are used for few rows. */
    private String adapted(String name) {
        return hasAdapters()
                ? "torch.add(" + name + "_weight, torch.mul(torch.mm(" + name + "_lora_a, " + name + "_lora_b), "
                        + training.lora().scale() + "))"
                : name + "_weight";
    }

    private boolean hasAdapters() {
        return training != null && training.lora() != null;
    }

    private String gelu(String x, String name) {
        if (isFused()) {
            return "ops.mkldnn._linear_pointwise(" + x + ", " + name + "_weight, " + name + "_bias, \"gelu\", "
                    + NO_SCALARS + ", \"tanh\")";
        }
        return kernels == Kernels.PLAIN
                ? "torch.gelu(" + linear(x, name) + ", approximate=\"tanh\")"
                : "(self).gelu(" + linear(x, name) + ")";
    }

    private String residual(String y, String x, String name) {
        if (isFused()) {
            return "ops.mkldnn._linear_pointwise(" + y + ", " + x + ", " + name + "_weight, " + name
                    + "_bias, \"add\")";
        }
        return kernels == Kernels.PLAIN
                ? "torch.add(" + x + ", " + dropped(linear(y, name)) + ")"
                : "torch.add_(" + linear(y, name) + ", " + x + ")";
    }

    private boolean isFused() {
        return kernels == Kernels.ONEDNN && precision == Precision.BF16;
    }

    /**
     * GELU in place, tile by tile, each of them in the processor's cache from its first operator to its last. With u of
     * its definition it is x (1 + tanh u) / 2 = x sigmoid(2 u), and libtorch's sigmoid takes a fourth of its tanh's
     * time.
     *
     * @see <a href="https://arxiv.org/abs/1606.08415">GELU: Hendrycks and Gimpel 2016, section 2</a>
     */
    private void tiledGelu() {
        double scale = 2 * Math.sqrt(2 / Math.PI);
        method(
                "gelu",
                "x: Tensor",
                "Tensor",
                "tiles = torch.split(x, " + Math.max(1, TILE / config.inner()) + ", 0)",
                "for i in range(torch.len(tiles)):",
                "  tile = tiles[i]",
                "  s = torch.mul(tile, tile)",
                "  _0 = torch.add_(torch.mul_(s, " + scale * 0.044715 + "), " + scale + ")",
                "  _1 = torch.sigmoid_(torch.mul_(s, tile))",
                "  _2 = torch.mul_(tile, s)",
                "return x");
    }
}
