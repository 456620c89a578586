// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.predict;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.trustme.bytes.Digest;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Predictions as systemd-pcrlock(8) reads them: a file per component, or a folder with a file per
 * path where paths differ. Each file holds records in the TCG Canonical Event Log's JSON, without
 * their number and content: {@code {"records":[{"pcr":4,"digests":[{"hashAlg":"sha256",…}]}]}}.
 *
 * <p>systemd-pcrlock takes any combination of the variants of different components: a superset of
 * the predicted paths.
 */
public final class Pcrlock {
  /** The order of components is that of their names; a phase has one for each word. */
  private static final Map<String, Integer> NUMBERS =
      Map.of(
          "secure-boot", 200,
          "firmware", 300,
          "shim", 400,
          "systemd-boot", 500,
          "uki", 600,
          "kernel", 600);

  private static final int FIRST_PHASE = 700;
  private static final int PHASE_STEP = 10;

  private Pcrlock() {}

  /** One file. */
  public record Document(List<Entry> records) {
    public Document {
      records = List.copyOf(records);
    }
  }

  /** One event. */
  public record Entry(int pcr, List<Hash> digests) {
    public Entry {
      digests = List.copyOf(digests);
    }
  }

  /** One bank's digest, in hex. */
  public record Hash(@JsonProperty("hashAlg") String hashAlg, String digest) {
    static Hash of(Digest digest) {
      return new Hash(digest.algorithm().label(), digest.hex());
    }
  }

  /** The files by their names, in order. */
  public static Map<String, Document> files(List<Prediction> predictions) {
    Map<String, Map<String, Document>> components = new TreeMap<>();
    int paths = (int) predictions.stream().map(Prediction::path).distinct().count();
    for (Prediction prediction : longest(predictions)) {
      components(prediction)
          .forEach((name, records) ->
              components
                  .computeIfAbsent(name, n -> new LinkedHashMap<>())
                  .put(prediction.path(), new Document(records)));
    }
    Map<String, Document> files = new TreeMap<>();
    components.forEach((name, variants) -> {
      var distinct = variants.values().stream().distinct().toList();
      if (distinct.size() == 1 && variants.size() == paths) {
        files.put(name + ".pcrlock", distinct.getFirst());
      } else {
        variants.forEach((path, document) ->
            files.put("%s.pcrlock.d/%s.pcrlock".formatted(name, path), document));
      }
    });
    return files;
  }

  /** Of each path the prediction of its last phase: it holds the events of those before. */
  private static List<Prediction> longest(List<Prediction> predictions) {
    Map<String, Prediction> last = new LinkedHashMap<>();
    for (Prediction prediction : predictions) {
      last.merge(prediction.path(), prediction, (a, b) -> size(b) > size(a) ? b : a);
    }
    return List.copyOf(last.values());
  }

  private static int size(Prediction prediction) {
    return prediction.pcrs().stream().mapToInt(p -> p.events().size()).sum();
  }

  private static Map<String, List<Entry>> components(Prediction prediction) {
    Map<String, List<Entry>> records = new LinkedHashMap<>();
    int phase = FIRST_PHASE;
    for (PredictedPcr pcr : prediction.pcrs()) {
      for (PredictedEvent event : pcr.events()) {
        String name;
        if (NUMBERS.containsKey(event.component())) {
          name = "%03d-%s".formatted(NUMBERS.get(event.component()), event.component());
        } else {
          name = "%03d-%s".formatted(phase, event.name());
          phase += PHASE_STEP;
        }
        records.computeIfAbsent(name, n -> new ArrayList<>()).add(record(event));
      }
    }
    return records;
  }

  private static Entry record(PredictedEvent event) {
    return new Entry(event.pcr(), event.digests().stream().map(Hash::of).toList());
  }
}
