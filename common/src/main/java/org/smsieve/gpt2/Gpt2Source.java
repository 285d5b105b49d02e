package org.smsieve.gpt2;

import java.util.ArrayList;
import java.util.List;
import org.smsieve.checkpoint.Gpt2Config;

/**
 * Writes GPT-2 as TorchScript source, the Python-like text inside a TorchScript archive. One definition serves training
 * and serving, every device and both precisions.
 *
 * <p>Hidden states are kept as {@code (batch * tokens, embed)}, so that a linear layer is one product without copies.
 * Sequences are padded on the right; under the causal mask padding changes nothing at the positions before it.
 * {@code rows} are the positions to read, as indices into {@code batch * tokens}, at most one a sequence for the
 * classifier. The last block needs keys and values for all positions, but all else for those rows alone.
 *
 * <p>Methods: {@code load_embeddings}, {@code load_block_N} and {@code load_head} take over the weights;
 * {@code hidden}, {@code classify_hidden}, {@code forward} (one after the other) and {@code language_model} compute.
 *
 * @see <a href="https://github.com/openai/gpt-2/blob/master/src/model.py">model.py of GPT-2</a>
 */
final class Gpt2Source {
    /** Qualified name of the class that the source defines. */
    static final String TYPE = "__torch__.Gpt2";

    /** Between the lines of a method's body. */
    private static final String NEXT_LINE = "\n    ";

    private static final String NO_SCALARS = "annotate(List[Optional[number]], [])";

    private final Gpt2Config config;
    private final Precision precision;
    private final Kernels kernels;
    private final int split;
    private final double dropout;
    private final List<String> attributes = new ArrayList<>();
    private final StringBuilder methods = new StringBuilder();

    /**
     * @param split how many of the lower blocks {@code hidden} computes, in [0, layers]; {@code classify_hidden}
     *     computes the rest
     * @param dropout share of the activations zeroed in training mode, in [0, 1), after the embeddings and before each
     *     residual sum
     */
    Gpt2Source(Gpt2Config config, Precision precision, Kernels kernels, int split, double dropout) {
        this.config = config;
        this.precision = precision;
        this.kernels = kernels;
        this.split = split;
        this.dropout = dropout;
        embeddings();
        for (int layer = 0; layer < config.layers(); layer++) {
            boolean pooled = layer == config.layers() - 1 && split <= layer;
            loadBlock(layer, pooled);
            if (!pooled || kernels == Kernels.PLAIN) {
                block(layer);
            }
            if (pooled) {
                pooledBlock(layer);
            }
        }
        head();
        if (!config.labels().isEmpty()) {
            classifier();
        }
        if (kernels == Kernels.PLAIN) {
            languageModel();
        }
    }

    /** The names of the tensors that the module holds, in the order in which the archive lists them. */
    List<String> attributes() {
        return attributes;
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
        return source.append(methods).toString();
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
                "tokens: Tensor",
                "Tensor",
                "positions = torch.slice(self.wpe_weight, 0, 0, torch.size(tokens, 1), 1)",
                "x = torch.add(torch.embedding(self.wte_weight, tokens), positions)",
                "return torch.reshape(" + dropped("x") + ", [-1, " + config.embed() + "])");
    }

    private void loadBlock(int layer, boolean pooled) {
        List<String> names = List.copyOf(config.blockParameters(layer).keySet());
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < names.size(); i++) {
            String attribute = attribute(names.get(i));
            String value = copy(i, precision.scalarType());
            boolean linear = !attribute.contains("ln_") && kernels == Kernels.FUSED;
            if (linear && pooled && attribute.contains("c_attn")) {
                int d = config.embed();
                int axis = attribute.endsWith("weight") ? 1 : 0;
                String query = "torch.slice(" + value + ", " + axis + ", 0, " + d + ", 1)";
                String keyValue = "torch.slice(" + value + ", " + axis + ", " + d + ", " + 3 * d + ", 1)";
                lines.add(assignment(attribute.replace("c_attn", "query"), reordered(attribute, query)));
                lines.add(assignment(attribute.replace("c_attn", "key_value"), reordered(attribute, keyValue)));
            } else {
                lines.add(assignment(attribute, linear ? reordered(attribute, value) : value));
            }
        }
        load("load_block_" + layer, lines);
    }

    /** oneDNN wants a linear layer's weights as {@code [out, in]}, in an order of its own. */
    private static String reordered(String attribute, String value) {
        return attribute.endsWith("weight")
                ? "ops.mkldnn._reorder_linear_weight(torch.contiguous(torch.t(" + value + ")), None)"
                : "torch.contiguous(" + value + ")";
    }

    /** (batch * tokens, embed) to the same, all positions. */
    private void block(int layer) {
        String block = "self.h_" + layer + "_";
        method(
                "block_" + layer,
                "x: Tensor, batch: int, tokens: int",
                "Tensor",
                "y = " + layerNorm("x", block + "ln_1"),
                "qkv = " + linear("y", block + "attn_c_attn"),
                // (3, batch, heads, tokens, headWidth)
                "qkv = torch.permute(torch.view(qkv, [batch, tokens, 3, " + config.heads() + ", " + config.headWidth()
                        + "]), [2, 0, 3, 1, 4])",
                "a = torch.scaled_dot_product_attention(torch.select(qkv, 0, 0), torch.select(qkv, 0, 1),"
                        + " torch.select(qkv, 0, 2), None, 0., True)",
                "a = torch.reshape(torch.transpose(a, 1, 2), [-1, " + config.embed() + "])",
                afterAttention(block));
    }

    /** (batch * tokens, embed) to (batch, embed): the one position of each sequence that {@code rows} names. */
    private void pooledBlock(int layer) {
        String block = "self.h_" + layer + "_";
        String heads = config.heads() + ", " + config.headWidth();
        method(
                "pooled_block_" + layer,
                "x: Tensor, rows: Tensor, batch: int, tokens: int",
                "Tensor",
                "y = " + layerNorm("x", block + "ln_1"),
                "kv = " + part("y", block + "attn_", "key_value", 1, 3),
                // (2, batch, heads, tokens, headWidth)
                "kv = torch.permute(torch.view(kv, [batch, tokens, 2, " + heads + "]), [2, 0, 3, 1, 4])",
                "x = torch.index_select(x, 0, rows)",
                "q = " + part("torch.index_select(y, 0, rows)", block + "attn_", "query", 0, 1),
                // (batch, heads, 1, headWidth)
                "q = torch.transpose(torch.view(q, [batch, 1, " + heads + "]), 1, 2)",
                "last = torch.view(torch.remainder(rows, tokens), [batch, 1, 1, 1])",
                "seen = torch.le(torch.arange(tokens, dtype=None, layout=None, device=ops.prim.device(rows),"
                        + " pin_memory=None), last)",
                "a = torch.scaled_dot_product_attention(q, torch.select(kv, 0, 0), torch.select(kv, 0, 1), seen, 0.,"
                        + " False)",
                "a = torch.reshape(torch.transpose(a, 1, 2), [batch, " + config.embed() + "])",
                afterAttention(block));
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

    private void classifier() {
        List<String> hidden = new ArrayList<>(List.of("x = (self).embed(tokens)", sizes("tokens")));
        for (int layer = 0; layer < split; layer++) {
            hidden.add("x = (self).block_" + layer + "(x, batch, length)");
        }
        hidden.add("return torch.view(x, [batch, length, " + config.embed() + "])");
        method("hidden", "tokens: Tensor", "Tensor", hidden.toArray(String[]::new));

        List<String> classify =
                new ArrayList<>(List.of(sizes("hidden"), "x = torch.view(hidden, [-1, " + config.embed() + "])"));
        int last = config.layers() - 1;
        for (int layer = split; layer < last; layer++) {
            classify.add("x = (self).block_" + layer + "(x, batch, length)");
        }
        classify.add(
                split <= last
                        ? "x = (self).pooled_block_" + last + "(x, rows, batch, length)"
                        : "x = torch.index_select(x, 0, rows)");
        classify.add("x = " + layerNorm("torch.to(x, 6)", "self.ln_f"));
        classify.add("return torch.linear(x, self.score_weight)");
        method("classify_hidden", "hidden: Tensor, rows: Tensor", "Tensor", classify.toArray(String[]::new));

        method(
                "forward",
                "tokens: Tensor, rows: Tensor",
                "Tensor",
                "return (self).classify_hidden((self).hidden(tokens), rows)");
    }

    /** The output layer's weights are the token embedding's. */
    private void languageModel() {
        List<String> lines = new ArrayList<>(List.of("x = (self).embed(tokens)", sizes("tokens")));
        for (int layer = 0; layer < config.layers(); layer++) {
            lines.add("x = (self).block_" + layer + "(x, batch, length)");
        }
        lines.add("x = " + layerNorm("torch.to(torch.index_select(x, 0, rows), 6)", "self.ln_f"));
        lines.add("return torch.to(torch.linear(torch.to(x, " + precision.scalarType() + "), self.wte_weight), 6)");
        method("language_model", "tokens: Tensor, rows: Tensor", "Tensor", lines.toArray(String[]::new));
    }

    private static String sizes(String tensor) {
        return "batch = torch.size(" + tensor + ", 0)" + NEXT_LINE + "length = torch.size(" + tensor + ", 1)";
    }

    private String layerNorm(String x, String name) {
        return "torch.layer_norm(" + x + ", [" + config.embed() + "], " + name + "_weight, " + name + "_bias, "
                + config.layerNormEpsilon() + ")";
    }

    private String dropped(String x) {
        return dropout == 0 ? x : "torch.dropout(" + x + ", " + dropout + ", self.training)";
    }

    private String linear(String x, String name) {
        return switch (kernels) {
            case PLAIN -> "torch.addmm(" + name + "_bias, " + x + ", " + name + "_weight)";
            case FUSED ->
                "ops.mkldnn._linear_pointwise(" + x + ", " + name + "_weight, " + name + "_bias, \"none\", "
                        + NO_SCALARS + ", \"\")";
        };
    }

    /** The columns from {@code from * embed} to {@code to * embed} of the product with {@code c_attn}. */
    private String part(String x, String attention, String part, int from, int to) {
        String columns = from * config.embed() + ", " + to * config.embed() + ", 1)";
        return switch (kernels) {
            case PLAIN ->
                "torch.addmm(torch.slice(" + attention + "c_attn_bias, 0, " + columns + ", " + x + ", torch.slice("
                        + attention + "c_attn_weight, 1, " + columns + ")";
            case FUSED -> linear(x, attention + part);
        };
    }

    private String gelu(String x, String name) {
        return switch (kernels) {
            case PLAIN -> "torch.gelu(" + linear(x, name) + ", approximate=\"tanh\")";
            case FUSED ->
                "ops.mkldnn._linear_pointwise(" + x + ", " + name + "_weight, " + name + "_bias, \"gelu\", "
                        + NO_SCALARS + ", \"tanh\")";
        };
    }

    private String residual(String y, String x, String name) {
        return switch (kernels) {
            case PLAIN -> "torch.add(" + x + ", " + dropped(linear(y, name)) + ")";
            case FUSED ->
                "ops.mkldnn._linear_pointwise(" + y + ", " + x + ", " + name + "_weight, " + name + "_bias, \"add\")";
        };
    }
}
