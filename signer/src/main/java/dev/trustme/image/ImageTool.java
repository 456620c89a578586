// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.image;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/** Runs the distribution's tools that write file systems. */
final class ImageTool {
  /** Killed when the process ends: what they write is being removed then. */
  private static final Set<Process> RUNNING = ConcurrentHashMap.newKeySet();

  static {
    Runtime.getRuntime()
        .addShutdownHook(new Thread(() -> RUNNING.forEach(Process::destroyForcibly)));
  }

  private ImageTool() {}

  /** Runs the command, whose first word is the tool, which the package brings. */
  static void run(String from, List<String> command, FileSystemMaker.TarSource input)
      throws IOException {
    String tool = command.getFirst();
    var builder = new ProcessBuilder(command).redirectErrorStream(true);
    // Together with explicit times it is an error.
    builder.environment().remove("SOURCE_DATE_EPOCH");
    Process process;
    try {
      process = builder.start();
    } catch (IOException e) {
      throw new IOException(tool + ": cannot be run; install " + from);
    }
    RUNNING.add(process);
    try {
      finish(tool, process, input);
    } finally {
      process.destroy();
      RUNNING.remove(process);
    }
  }

  private static void finish(String tool, Process process, FileSystemMaker.TarSource input)
      throws IOException {
    try {
      var said = new FutureTask<>(() -> process.getInputStream().readAllBytes());
      Thread.ofVirtual().start(said);
      feed(process, input);
      int code = process.waitFor();
      if (code != 0) {
        String words = new String(said.get(), StandardCharsets.UTF_8).strip();
        throw new IOException(
            "%s: exit %d: %s".formatted(tool, code, words.replaceAll("\\s*\\R\\s*", "; ")));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted");
    } catch (ExecutionException e) {
      throw new IOException(tool + ": its messages cannot be read", e);
    }
  }

  /** What the tool itself says about a broken pipe is worth more than the pipe's error. */
  private static void feed(Process process, FileSystemMaker.TarSource input)
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
