// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.measure;

import dev.trustme.bytes.Bytes;
import dev.trustme.cli.Launcher;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Runs {@code measure} in a folder: as a process of its own, or for the exit code alone. */
record MeasureRun(Path folder) {
  record Ended(int code, String out, String err) {}

  void write(String name, Bytes content) throws IOException {
    Files.write(folder.resolve(name), content.toArray());
  }

  void write(String name, String content) throws IOException {
    Files.writeString(folder.resolve(name), content);
  }

  Ended process(String... args) throws IOException, InterruptedException {
    return process(List.of("-XX:TieredStopAtLevel=1"), args);
  }

  Ended process(List<String> jvm, String... args) throws IOException, InterruptedException {
    List<String> command =
        new ArrayList<>(
            List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString()));
    command.addAll(jvm);
    command.addAll(
        List.of("-cp", System.getProperty("java.class.path"), MeasureMain.class.getName()));
    command.addAll(List.of(args));
    var process = new ProcessBuilder(command).directory(folder.toFile()).start();
    process.getOutputStream().close();
    var out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    var err = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Ended(process.waitFor(), out, err);
  }

  /** In this process, which is a second faster; the words are those of standard error. */
  Ended quiet(String... args) {
    var captured = new ByteArrayOutputStream();
    var errors = System.err;
    System.setErr(new PrintStream(captured, true, StandardCharsets.UTF_8));
    try {
      List<String> command = new ArrayList<>();
      for (String arg : args) {
        command.add(Files.exists(folder.resolve(arg)) ? folder.resolve(arg).toString() : arg);
      }
      command.add("--quiet");
      int code = Launcher.run(new MeasureMain(), command.toArray(String[]::new));
      return new Ended(code, "", captured.toString(StandardCharsets.UTF_8));
    } finally {
      System.setErr(errors);
    }
  }
}
