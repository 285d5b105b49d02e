package org.smsieve.gpt2;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.util.cuda.CudaUtils;
import java.lang.management.MemoryUsage;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.smsieve.command.UserException;

/** The devices that libtorch can compute on here. */
public final class Devices {
    private static final Pattern GPU = Pattern.compile("gpu(?::(\\d{1,3}))?");

    static {
        // DJL otherwise asks its host's cloud for the kind of machine it runs on, and reports its start.
        System.setProperty("OPT_OUT_TRACKING", "true");
    }

    private Devices() {}

    /**
     * The device a setting names.
     *
     * @param setting {@code auto} (the first GPU where there is one, else the CPU), {@code cpu}, {@code gpu} or
     *     {@code gpu:N}
     * @throws UserException if it names none, or one that is not there
     */
    public static Device of(String setting) {
        int gpus = engine().getGpuCount();
        Matcher gpu = GPU.matcher(setting);
        if (gpu.matches()) {
            int index = gpu.group(1) == null ? 0 : Integer.parseInt(gpu.group(1));
            if (index >= gpus) {
                throw new UserException("device: " + setting
                        + (gpus == 0
                                ? " (expected: cpu or auto, for libtorch sees no GPU; one needs libtorch's CUDA build)"
                                : " (expected: one of the " + gpus + " GPUs that libtorch sees, or cpu)"));
            }
            return Device.gpu(index);
        }
        return switch (setting) {
            case "cpu" -> Device.cpu();
            case "auto" -> gpus > 0 ? Device.gpu() : Device.cpu();
            default -> throw new UserException("device: " + setting + " (expected: auto, cpu, gpu or gpu:N)");
        };
    }

    /**
     * Memory of a GPU, by whomever it is used: in bytes, with the card's size as the maximum.
     *
     * @param setting as {@link #of} takes it
     * @return empty for the CPU, and where CUDA's runtime does not tell
     */
    public static Optional<MemoryUsage> memory(String setting) {
        if (!GPU.matcher(setting).matches()) {
            return Optional.empty();
        }
        try {
            return Optional.of(CudaUtils.getGpuMemory(of(setting)));
        } catch (RuntimeException | LinkageError e) {
            return Optional.empty();
        }
    }

    /** libtorch, loaded at the first call, in about a second. */
    static Engine engine() {
        return Engine.getEngine("PyTorch");
    }
}
