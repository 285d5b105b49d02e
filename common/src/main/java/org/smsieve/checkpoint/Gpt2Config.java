package org.smsieve.checkpoint;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.smsieve.text.Tokenizer;

/**
 * The shape of a GPT-2 model, as a Hugging Face {@code config.json} states it.
 *
 * @param vocabularySize number of token embeddings
 * @param context longest sequence in tokens ({@code n_positions})
 * @param embed width of an embedding ({@code n_embd}), a multiple of {@code heads}
 * @param layers number of blocks ({@code n_layer})
 * @param heads attention heads a block ({@code n_head})
 * @param inner width inside the MLP ({@code n_inner}, four times {@code embed} where absent)
 * @param layerNormEpsilon what is added to a variance before its root is taken
 * @param labels the classifier's labels in the order of its logits; empty for a language model
 */
public record Gpt2Config(
        int vocabularySize,
        int context,
        int embed,
        int layers,
        int heads,
        int inner,
        double layerNormEpsilon,
        List<String> labels) {

    private static final int MAX_LABELS = 1_000;
    private static final Set<String> TANH_GELU = Set.of("gelu_new", "gelu_pytorch_tanh");

    /** Checks the ranges; the upper ones bound what a hostile configuration can make the product allocate. */
    public Gpt2Config {
        check("vocab_size", vocabularySize, 1, 1_000_000);
        check("n_positions", context, 1, 65_536);
        check("n_embd", embed, 1, 16_384);
        check("n_layer", layers, 1, 512);
        check("n_head", heads, 1, embed);
        check("n_inner", inner, 1, 131_072);
        if (embed % heads != 0) {
            throw new CheckpointException("n_head: " + heads + " (expected: a divisor of n_embd, " + embed + ")");
        }
        if (!(layerNormEpsilon > 0 && layerNormEpsilon < 1)) {
            throw new CheckpointException("layer_norm_epsilon: " + layerNormEpsilon + " (expected: between 0 and 1)");
        }
        labels = List.copyOf(labels);
        if (labels.size() > MAX_LABELS || Set.copyOf(labels).size() != labels.size()) {
            throw new CheckpointException(
                    "id2label: " + labels.size() + " labels (expected: distinct, at most " + MAX_LABELS + ")");
        }
    }

    /** GPT-2 small, the 124M model. */
    public static Gpt2Config gpt2() {
        return new Gpt2Config(Tokenizer.VOCABULARY_SIZE, 1024, 768, 12, 12, 3072, 1e-5, List.of());
    }

    /** The small model that the product ships with: few weights beside those of the token embedding. */
    public static Gpt2Config mini() {
        return new Gpt2Config(Tokenizer.VOCABULARY_SIZE, 256, 128, 2, 4, 512, 1e-5, List.of());
    }

    /** The same model with a classification head of these labels, or with none. */
    public Gpt2Config withLabels(List<String> newLabels) {
        return new Gpt2Config(vocabularySize, context, embed, layers, heads, inner, layerNormEpsilon, newLabels);
    }

    /** The id of {@code <|endoftext|>}, always the last of the vocabulary. */
    public int endOfText() {
        return vocabularySize - 1;
    }

    /** Width of one attention head. */
    public int headWidth() {
        return embed / heads;
    }

    /**
     * The tensors that a model of this shape has and their shapes, by Hugging Face's names without the prefix
     * {@code transformer.}, in their order. Weights of linear layers are {@code [in, out]}, but for {@code score},
     * which is {@code [out, in]}.
     */
    public Map<String, List<Long>> parameters() {
        long d = embed;
        Map<String, List<Long>> parameters = new LinkedHashMap<>();
        parameters.put("wte.weight", List.of((long) vocabularySize, d));
        parameters.put("wpe.weight", List.of((long) context, d));
        for (int layer = 0; layer < layers; layer++) {
            parameters.putAll(blockParameters(layer));
        }
        parameters.put("ln_f.weight", List.of(d));
        parameters.put("ln_f.bias", List.of(d));
        if (!labels.isEmpty()) {
            parameters.put("score.weight", List.of((long) labels.size(), d));
        }
        return parameters;
    }

    /** Those of {@link #parameters()} that belong to the block {@code layer}, counted from 0. */
    public Map<String, List<Long>> blockParameters(int layer) {
        long d = embed;
        String block = "h." + layer + ".";
        Map<String, List<Long>> parameters = new LinkedHashMap<>();
        parameters.put(block + "ln_1.weight", List.of(d));
        parameters.put(block + "ln_1.bias", List.of(d));
        parameters.put(block + "attn.c_attn.weight", List.of(d, 3 * d));
        parameters.put(block + "attn.c_attn.bias", List.of(3 * d));
        parameters.put(block + "attn.c_proj.weight", List.of(d, d));
        parameters.put(block + "attn.c_proj.bias", List.of(d));
        parameters.put(block + "ln_2.weight", List.of(d));
        parameters.put(block + "ln_2.bias", List.of(d));
        parameters.put(block + "mlp.c_fc.weight", List.of(d, (long) inner));
        parameters.put(block + "mlp.c_fc.bias", List.of((long) inner));
        parameters.put(block + "mlp.c_proj.weight", List.of((long) inner, d));
        parameters.put(block + "mlp.c_proj.bias", List.of(d));
        return parameters;
    }

    /** Reads a {@code config.json}. */
    static Gpt2Config fromJson(JsonNode json) {
        String type = json.path("model_type").asText();
        if (!type.equals("gpt2")) {
            throw new CheckpointException("model_type: " + type + " (expected: gpt2)");
        }
        String activation = json.path("activation_function").asText("gelu_new");
        if (!TANH_GELU.contains(activation)) {
            throw new CheckpointException(
                    "activation_function: " + activation + " (expected: one of " + TANH_GELU + ")");
        }
        if (!json.path("scale_attn_weights").asBoolean(true)
                || json.path("scale_attn_by_inverse_layer_idx").asBoolean(false)) {
            throw new CheckpointException(
                    "scale_attn_weights, scale_attn_by_inverse_layer_idx: (expected: true, false, as in GPT-2)");
        }
        int embed = whole(json, "n_embd", 768);
        return new Gpt2Config(
                whole(json, "vocab_size", Tokenizer.VOCABULARY_SIZE),
                whole(json, "n_positions", 1024),
                embed,
                whole(json, "n_layer", 12),
                whole(json, "n_head", 12),
                whole(json, "n_inner", 4 * embed),
                json.path("layer_norm_epsilon").asDouble(1e-5),
                classifies(json) ? labels(json) : List.of());
    }

    /** The {@code config.json} that Hugging Face transformers reads. */
    ObjectNode toJson(ObjectNode json, TensorType type) {
        json.put("model_type", "gpt2");
        json.putArray("architectures").add(labels.isEmpty() ? "GPT2LMHeadModel" : "GPT2ForSequenceClassification");
        json.put("activation_function", "gelu_new");
        json.put("vocab_size", vocabularySize);
        json.put("n_positions", context);
        json.put("n_embd", embed);
        json.put("n_layer", layers);
        json.put("n_head", heads);
        json.put("n_inner", inner);
        json.put("layer_norm_epsilon", layerNormEpsilon);
        json.put("bos_token_id", endOfText());
        json.put("eos_token_id", endOfText());
        json.put("pad_token_id", endOfText());
        json.put(
                "torch_dtype",
                switch (type) {
                    case F32 -> "float32";
                    case F16 -> "float16";
                    case BF16 -> "bfloat16";
                });
        if (!labels.isEmpty()) {
            json.put("problem_type", "single_label_classification");
            json.put("num_labels", labels.size());
            ObjectNode names = json.putObject("id2label");
            ObjectNode numbers = json.putObject("label2id");
            for (int i = 0; i < labels.size(); i++) {
                names.put(Integer.toString(i), labels.get(i));
                numbers.put(labels.get(i), i);
            }
        }
        return json;
    }

    private static boolean classifies(JsonNode json) {
        for (JsonNode architecture : json.path("architectures")) {
            if (architecture.asText().equals("GPT2ForSequenceClassification")) {
                return true;
            }
        }
        return false;
    }

    private static List<String> labels(JsonNode json) {
        JsonNode names = json.path("id2label");
        TreeMap<Integer, String> byId = new TreeMap<>();
        for (Map.Entry<String, JsonNode> name : names.properties()) {
            if (!name.getKey().matches("\\d{1,6}") || !name.getValue().isTextual()) {
                throw new CheckpointException("id2label: " + name.getKey() + " (expected: a number and a name)");
            }
            byId.put(Integer.valueOf(name.getKey()), name.getValue().asText());
        }
        if (byId.isEmpty()) {
            // transformers leaves out its default of two labels without names.
            int count = whole(json, "num_labels", 2);
            check("num_labels", count, 1, MAX_LABELS);
            for (int i = 0; i < count; i++) {
                byId.put(i, "LABEL_" + i);
            }
        }
        if (byId.size() < 2 || byId.lastKey() != byId.size() - 1) {
            throw new CheckpointException(
                    "id2label: " + byId.keySet() + " (expected: 0, 1, … and at least two labels)");
        }
        return new ArrayList<>(byId.values());
    }

    private static int whole(JsonNode json, String name, int otherwise) {
        JsonNode value = json.path(name);
        if (value.isMissingNode() || value.isNull()) {
            return otherwise;
        }
        if (!value.isInt()) {
            throw new CheckpointException(name + ": " + value + " (expected: a whole number)");
        }
        return value.intValue();
    }

    private static void check(String name, int value, int least, int most) {
        if (value < least || value > most) {
            throw new CheckpointException(name + ": " + value + " (expected: " + least + " to " + most + ")");
        }
    }
}
