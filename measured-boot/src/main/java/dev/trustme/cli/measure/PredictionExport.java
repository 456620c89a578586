// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.measure;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.Digest;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.cli.CommandFailure;
import dev.trustme.cli.Output;
import dev.trustme.files.Outputs;
import dev.trustme.json.Json;
import dev.trustme.predict.PcrSignatureInput;
import dev.trustme.predict.Pcrlock;
import dev.trustme.predict.PredictedPcr;
import dev.trustme.predict.Prediction;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Predictions as a table for people and as files for programs. */
record PredictionExport(Set<HashAlgorithm> banks, List<Prediction> predictions) {
  private static final int PCR_OF_SIGNATURES = 11;

  /** The JSON document. */
  record Document(String schema, List<HashAlgorithm> banks, List<Prediction> predictions) {
    static Document of(Set<HashAlgorithm> banks, List<Prediction> predictions) {
      return new Document("trustme/prediction/1", List.copyOf(banks), predictions);
    }
  }

  void write(PredictCommand.Format format, Optional<Path> target, boolean force, Output output)
      throws IOException {
    switch (format) {
      case json -> file(Document.of(banks, predictions), target, force, output);
      case pcrsig -> {
        requireSignedPcr();
        file(PcrSignatureInput.of(predictions), target, force, output);
      }
      case pcrlock ->
          folder(
              target.orElseThrow(() -> CommandFailure.usage("--format pcrlock: -o names a folder")),
              force,
              output);
    }
  }

  private void requireSignedPcr() {
    for (Prediction prediction : predictions) {
      if (prediction.pcrs().stream().noneMatch(p -> p.pcr() == PCR_OF_SIGNATURES)) {
        throw CommandFailure.usage("--format pcrsig: is about PCR 11, which --pcr leaves out");
      }
    }
  }

  private static void file(Object document, Optional<Path> target, boolean force, Output output)
      throws IOException {
    Bytes content = Bytes.concat(Json.writePretty(document), Bytes.utf8("\n"));
    if (target.isEmpty() || target.get().toString().equals("-")) {
      output.raw(content.toArray());
    } else {
      Outputs.write(target.get(), content, force);
      output.line("%s  %d bytes".formatted(target.get(), content.size()));
    }
  }

  private void folder(Path target, boolean force, Output output) throws IOException {
    Map<String, Pcrlock.Document> files = Pcrlock.files(predictions);
    try (var staged = Outputs.stageFolder(target, force)) {
      for (var entry : files.entrySet()) {
        Path file = staged.path().resolve(entry.getKey());
        Path folder = file.getParent();
        if (folder != null) {
          Files.createDirectories(folder);
        }
        Files.write(file, Json.write(entry.getValue()).toArray());
      }
      staged.commit();
    }
    output.line("%s  %d components and variants".formatted(target, files.size()));
  }

  static String table(List<Prediction> predictions) {
    var lines = new StringBuilder();
    for (Prediction prediction : predictions) {
      lines.append(
          "%s, phase %s   %s%n"
              .formatted(
                  prediction.path(),
                  prediction.phase(),
                  String.join(" > ", prediction.components())));
      for (PredictedPcr pcr : prediction.pcrs()) {
        String events = pcr.events().size() == 1 ? "1 event" : pcr.events().size() + " events";
        for (Digest value : pcr.values()) {
          lines.append("  PCR %-2d  %s  %s%n".formatted(pcr.pcr(), value, events));
        }
      }
    }
    return lines.append("each event: --json; hold a log against them: --log LOG").toString();
  }
}
