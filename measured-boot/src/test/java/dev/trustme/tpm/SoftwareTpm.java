// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.tpm;

import dev.trustme.files.Outputs;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A fresh swtpm on a Unix socket, started up, and tpm2-tools to judge by. */
public final class SoftwareTpm implements AutoCloseable {
  private static final long START_NANOS = TimeUnit.SECONDS.toNanos(20);

  private final Path folder;
  private final Process process;

  private SoftwareTpm(Path folder, Process process) {
    this.folder = folder;
    this.process = process;
  }

  public static SoftwareTpm start() throws IOException, InterruptedException {
    // Short, as the path of a Unix socket has at most 107 bytes.
    Path folder = Files.createTempDirectory(Path.of("/tmp"), "swtpm-");
    Files.createDirectory(folder.resolve("state"));
    Path socket = folder.resolve("e.sock");
    var process =
        new ProcessBuilder(
                "swtpm",
                "socket",
                "--tpm2",
                "--tpmstate",
                "dir=" + folder.resolve("state"),
                "--server",
                "type=unixio,path=" + socket,
                "--ctrl",
                "type=unixio,path=" + socket + ".ctrl",
                "--flags",
                "not-need-init,startup-clear")
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("log").toFile())
            .start();
    long deadline = System.nanoTime() + START_NANOS;
    while (!Files.exists(socket)) {
      if (!process.isAlive() || System.nanoTime() > deadline) {
        process.destroyForcibly();
        throw new IOException("swtpm did not start: " + Files.readString(folder.resolve("log")));
      }
      Thread.sleep(20);
    }
    return new SoftwareTpm(folder, process);
  }

  /** The TCTI loader string of this TPM. */
  public String tcti() {
    return "swtpm:path=" + folder.resolve("e.sock");
  }

  /** A folder for the files of tools; removed with the TPM. */
  public Path folder() {
    return folder;
  }

  /** Runs a program of tpm2-tools in the folder against this TPM and returns what it printed. */
  public String run(String... command) throws IOException, InterruptedException {
    var builder =
        new ProcessBuilder(new ArrayList<>(List.of(command)))
            .directory(folder.toFile())
            .redirectErrorStream(true);
    builder.environment().put("TPM2TOOLS_TCTI", tcti());
    var tool = builder.start();
    tool.getOutputStream().close();
    String output = new String(tool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (tool.waitFor() != 0) {
      throw new IOException(String.join(" ", command) + ": " + output);
    }
    return output;
  }

  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(10, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
      Outputs.removeTree(folder);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
