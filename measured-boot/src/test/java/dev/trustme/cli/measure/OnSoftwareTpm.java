// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.measure;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.trustme.cli.Launcher;
import dev.trustme.tpm.SoftwareTpm;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A software TPM for each test, and the tool run on it; tests leave no object and no session. */
abstract class OnSoftwareTpm {
  @TempDir Path folder;
  SoftwareTpm tpm;

  @BeforeEach
  void startTpm() throws Exception {
    tpm = SoftwareTpm.start(folder);
  }

  @AfterEach
  void stopTpm() throws Exception {
    for (String kind : List.of("handles-transient", "handles-loaded-session")) {
      assertEquals("", tpm.run("tpm2_getcap", kind).strip(), "left behind: " + kind);
    }
    tpm.close();
  }

  /** Runs the tool on this TPM; words that begin with @ are files of the test's folder. */
  int run(String... words) {
    List<String> args = new ArrayList<>();
    for (String word : words) {
      args.add(word.startsWith("@") ? file(word).toString() : word);
    }
    args.add("--tcti");
    args.add(tpm.tcti());
    return Launcher.run(new MeasureMain(), args.toArray(String[]::new));
  }

  Path file(String word) {
    return folder.resolve(word.substring(1));
  }

  void write(String word, String text) throws Exception {
    Files.writeString(file(word), text);
  }

  static String[] with(String[] start, String... more) {
    List<String> words = new ArrayList<>(List.of(start));
    words.addAll(List.of(more));
    return words.toArray(String[]::new);
  }
}
