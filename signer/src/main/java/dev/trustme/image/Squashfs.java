// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.image;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/**
 * Makes squashfs images with mksquashfs: zstd, no extended attributes, every time stamp the same,
 * so that the same content gives the same bytes on any machine.
 */
public final class Squashfs {
  private static final String TOOL = "mksquashfs";
  private static final int LEVEL = 15;

  /** Killed when the process ends: what they write is being removed then. */
  private static final Set<Process> RUNNING = ConcurrentHashMap.newKeySet();

  static {
    Runtime.getRuntime()
        .addShutdownHook(new Thread(() -> RUNNING.forEach(Process::destroyForcibly)));
  }

  private final Instant time;

  /** {@code time} becomes every time stamp of the image. */
  public Squashfs(Instant time) {
    this.time = time;
  }

  /** Writes a tar archive to the stream. */
  @FunctionalInterface
  public interface TarSource {
    void writeTo(OutputStream out) throws IOException;
  }

  /** A folder as the root, all of it owned by root. */
  public void ofFolder(Path folder, Path image) throws IOException {
    var command = command(folder.toString(), image);
    command.add("-all-root");
    run(command, out -> {});
  }

  /** A tar archive as the root, all of it owned by root. */
  public void ofTar(TarSource tar, Path image) throws IOException {
    var command = tarCommand(image);
    command.add("-all-root");
    run(command, tar);
  }

  /** A tar archive as the root, owners as in the archive; the root folder itself is root's. */
  public void ofTarWithOwners(TarSource tar, Path image) throws IOException {
    run(tarCommand(image), tar);
  }

  private List<String> tarCommand(Path image) {
    var command = command("-", image);
    command.addAll(List.of("-tar", "-root-mode", "755", "-root-uid", "0", "-root-gid", "0"));
    return command;
  }

  private List<String> command(String source, Path image) {
    String seconds = Long.toString(time.getEpochSecond());
    return new ArrayList<>(
        List.of(
            TOOL,
            source,
            image.toString(),
            "-noappend",
            "-no-progress",
            "-quiet",
            "-no-xattrs",
            "-no-exports",
            "-comp",
            "zstd",
            "-Xcompression-level",
            Integer.toString(LEVEL),
            "-mkfs-time",
            seconds,
            "-all-time",
            seconds,
            "-root-time",
            seconds));
  }

  private static void run(List<String> command, TarSource input) throws IOException {
    var builder = new ProcessBuilder(command).redirectErrorStream(true);
    // Together with explicit times it is an error.
    builder.environment().remove("SOURCE_DATE_EPOCH");
    Process process;
    try {
      process = builder.start();
    } catch (IOException e) {
      throw new IOException(TOOL + ": cannot be run; install squashfs-tools");
    }
    RUNNING.add(process);
    try {
      finish(process, input);
    } finally {
      process.destroy();
      RUNNING.remove(process);
    }
  }

  private static void finish(Process process, TarSource input) throws IOException {
    try {
      var said = new FutureTask<>(() -> process.getInputStream().readAllBytes());
      Thread.ofVirtual().start(said);
      feed(process, input);
      int code = process.waitFor();
      if (code != 0) {
        String words = new String(said.get(), StandardCharsets.UTF_8).strip();
        throw new IOException(
            "%s: exit %d: %s".formatted(TOOL, code, words.replaceAll("\\s*\\R\\s*", "; ")));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted");
    } catch (ExecutionException e) {
      throw new IOException(TOOL + ": its messages cannot be read", e);
    }
  }

  /** What mksquashfs itself says about a broken pipe is worth more than the pipe's error. */
  private static void feed(Process process, TarSource input)
      throws IOException, InterruptedException {
    try (OutputStream out = process.getOutputStream()) {
      input.writeTo(out);
    } catch (IOException e) {
      if (process.waitFor() == 0) {
        throw e;
      }
    }
  }
}
