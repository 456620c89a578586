// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.tpm;

import dev.trustme.bytes.Bytes;
import java.io.IOException;
import java.net.SocketException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A swtpm of its own on a Unix socket, and tpm2-tools that talk to it. There is no resource
 * manager: flush transient objects after use. Closing ends the process.
 */
public final class SoftwareTpm implements AutoCloseable {
  private Process process;
  private final Path folder;
  private final Path socket;

  private SoftwareTpm(Process process, Path folder, Path socket) {
    this.process = process;
    this.folder = folder;
    this.socket = socket;
  }

  /** Starts a fresh TPM whose state, socket and tool outputs lie in the folder. */
  public static SoftwareTpm start(Path folder) throws IOException, InterruptedException {
    var unused = Files.createDirectories(folder.resolve("state"));
    Path socket = folder.resolve("tpm.sock");
    var tpm = new SoftwareTpm(launch(folder, socket), folder, socket);
    tpm.awaitSocket();
    return tpm;
  }

  /** A fresh TPM with certificates for its endorsement keys, as a maker delivers one. */
  public static SoftwareTpm startWithCertificates(Path folder)
      throws IOException, InterruptedException {
    Path state = Files.createDirectories(folder.resolve("state"));
    Path authority = Files.createDirectories(folder.resolve("ca"));
    Path options = Files.createFile(folder.resolve("localca.options"));
    Path ca =
        Files.writeString(
            folder.resolve("localca.conf"),
            """
            statedir = %1$s
            signingkey = %1$s/signkey.pem
            issuercert = %1$s/issuercert.pem
            certserial = %1$s/certserial
            """
                .formatted(authority));
    Path setup =
        Files.writeString(
            folder.resolve("setup.conf"),
            """
            create_certs_tool = /usr/bin/swtpm_localca
            create_certs_tool_config = %s
            create_certs_tool_options = %s
            """
                .formatted(ca, options));
    Path log = folder.resolve("setup.log");
    var maker =
        new ProcessBuilder(
                "swtpm_setup",
                "--tpm2",
                "--tpmstate",
                state.toString(),
                "--config",
                setup.toString(),
                "--create-ek-cert",
                "--lock-nvram",
                "--overwrite",
                "--pcr-banks",
                "sha1,sha256")
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    if (!maker.waitFor(60, TimeUnit.SECONDS) || maker.exitValue() != 0) {
      maker.destroyForcibly();
      throw new IOException("swtpm_setup: " + Files.readString(log));
    }
    return start(folder);
  }

  private static Process launch(Path folder, Path socket) throws IOException {
    return new ProcessBuilder(
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
        .redirectOutput(folder.resolve("swtpm.log").toFile())
        .start();
  }

  /** The file appears before the TPM listens: only a connection says that it does. */
  private void awaitSocket() throws IOException, InterruptedException {
    for (int i = 0; i < 500; i++) {
      if (!process.isAlive()) {
        throw new IOException("swtpm: " + Files.readString(folder.resolve("swtpm.log")));
      }
      try (var probe = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
        if (probe.isConnected() && Files.exists(Path.of(socket + ".ctrl"))) {
          return;
        }
      } catch (SocketException e) {
        Thread.sleep(10);
      }
    }
    throw new IOException("swtpm: does not listen on " + socket);
  }

  /**
   * An attestation key of tpm2-tools under an endorsement key: {@code ak.ctx}, and its TPM2B_PUBLIC
   * in the file.
   */
  public void attestationKey(String algorithm, String hash, String scheme, String file)
      throws IOException, InterruptedException {
    run("tpm2_createek", "-c", "ek.ctx", "-G", "ecc", "-u", "ek.pub");
    flush();
    List<String> create = new ArrayList<>(List.of("tpm2_createak", "-C", "ek.ctx", "-c", "ak.ctx"));
    create.addAll(List.of("-G", algorithm, "-g", hash, "-s", scheme, "-u", file, "-f", "tss"));
    run(create.toArray(String[]::new));
    flush();
  }

  /** Loses power and comes back: sessions and transient objects are gone, NV is not. */
  public void restart() throws IOException, InterruptedException {
    close();
    Files.deleteIfExists(socket);
    process = launch(folder, socket);
    awaitSocket();
  }

  /** What tools and libraries open: {@code swtpm:path=…}. */
  public String tcti() {
    return "swtpm:path=" + socket;
  }

  public Path file(String name) {
    return folder.resolve(name);
  }

  public Bytes read(String name) throws IOException {
    return Bytes.copyOf(Files.readAllBytes(file(name)));
  }

  /** Runs a tpm2-tools command in the folder; a non-zero exit is an AssertionError. */
  public String run(String... command) throws IOException, InterruptedException {
    var result = attempt(command);
    if (result.exit() != 0) {
      throw new AssertionError(String.join(" ", command) + ": " + result.output());
    }
    return result.output();
  }

  /** Runs a command that may fail. */
  public Result attempt(String... command) throws IOException, InterruptedException {
    Path output = Files.createTempFile(folder, "run", ".txt");
    var builder =
        new ProcessBuilder(new ArrayList<>(List.of(command)))
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile());
    builder.environment().put("TPM2TOOLS_TCTI", tcti());
    var tool = builder.start();
    if (!tool.waitFor(60, TimeUnit.SECONDS)) {
      tool.destroyForcibly();
      throw new IOException(command[0] + ": still running after 60 s");
    }
    return new Result(tool.exitValue(), Files.readString(output));
  }

  /** What a tool said. */
  public record Result(int exit, String output) {}

  /** Frees the transient objects: swtpm has room for three. */
  public void flush() throws IOException, InterruptedException {
    run("tpm2_flushcontext", "-t");
  }

  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(5, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
