// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.report;

import static java.util.Objects.requireNonNull;

import dev.trustme.attest.EvidenceCheck;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.json.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What every check is about. {@link EvidenceCheck} is the list of checks; {@code checks.yaml}
 * beside this class holds the words.
 */
public final class Explanations {
  private static final String RESOURCE = "checks.yaml";

  private Explanations() {}

  /** The words of one check. */
  record Text(
      Area area,
      String component,
      String failure,
      String why,
      List<String> remedy,
      Explanation.Example example,
      Optional<List<String>> after) {}

  /** What a predicted event is, where it is the one that differs. */
  record Part(String component, String failure) {}

  /** The whole file. */
  record Texts(Map<String, Text> checks, Map<String, Part> events) {}

  private static final class Holder {
    static final Texts TEXTS = load();
  }

  private static Texts load() {
    try (var in = requireNonNull(Explanations.class.getResourceAsStream(RESOURCE), RESOURCE)) {
      return Json.readYaml(Bytes.copyOf(in.readAllBytes()), Texts.class, RESOURCE);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (FormatException e) {
      throw new IllegalStateException(RESOURCE, e);
    }
  }

  static Texts texts() {
    return Holder.TEXTS;
  }

  /** Every check, in the order of the judgement. */
  public static List<Explanation> all() {
    return Arrays.stream(EvidenceCheck.values())
        .flatMap(check -> byId(check.id()).stream())
        .toList();
  }

  public static Optional<Explanation> byId(String id) {
    return EvidenceCheck.byId(id)
        .flatMap(check ->
            Optional.ofNullable(texts().checks().get(id)).map(text -> Explanation.of(check, text)));
  }

  /** What a predicted event is, by its name in the release. */
  static Optional<Part> part(String eventName) {
    return Optional.ofNullable(texts().events().get(eventName));
  }
}
