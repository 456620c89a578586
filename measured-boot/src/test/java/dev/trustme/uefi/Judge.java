// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.uefi;

import dev.trustme.bytes.Bytes;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Runs an independent implementation. */
final class Judge {
  private Judge() {}

  record Result(int code, String output) {}

  static Result run(Path folder, String... command) throws IOException, InterruptedException {
    var process =
        new ProcessBuilder(List.of(command))
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .start();
    process.getOutputStream().close();
    var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Result(process.waitFor(), output);
  }

  /** key.pem and cert.pem: a throw-away RSA key. */
  static void makeKey(Path folder) throws IOException, InterruptedException {
    run(
        folder,
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-subj",
        "/CN=test",
        "-keyout",
        "key.pem",
        "-out",
        "cert.pem");
  }

  static Path write(Path folder, String name, Bytes content) throws IOException {
    return Files.write(folder.resolve(name), content.toArray());
  }
}
