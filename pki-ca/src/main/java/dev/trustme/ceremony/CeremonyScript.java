// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.ceremony;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.Digest;
import dev.trustme.bytes.FormatException;
import dev.trustme.json.Json;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What shall be done in a key ceremony, by whom and in which order, {@code trustme/ceremony/1}:
 * strict YAML. Whether the order is possible says {@link ScriptLint}.
 */
public record CeremonyScript(
    String schema,
    String name,
    String purpose,
    String date,
    Map<String, Participant> participants,
    Optional<List<Input>> inputs,
    List<Step> steps,
    Seal transcript) {
  public static final String SCHEMA = "trustme/ceremony/1";

  private static final int MAX_STEPS = 200;

  public CeremonyScript {
    require(schema.equals(SCHEMA), "expected schema %s, found %s".formatted(SCHEMA, schema));
    requireText("name", name);
    requireText("purpose", purpose);
    requireDate(date);
    participants = Collections.unmodifiableMap(new LinkedHashMap<>(participants));
    participants.keySet().forEach(id -> requireName("participants", id));
    require(!participants.isEmpty(), "participants: names at least one");
    inputs = inputs.map(List::copyOf);
    var files = new HashSet<String>();
    for (Input each : inputs.orElse(List.of())) {
      require(files.add(each.file()), "inputs: %s twice".formatted(each.file()));
    }
    steps = List.copyOf(steps);
    require(
        !steps.isEmpty() && steps.size() <= MAX_STEPS,
        "steps: expected 1 to %d".formatted(MAX_STEPS));
  }

  /** Who takes part, and as what: for example operator, custodian, witness, auditor. */
  public record Participant(String name, List<String> roles) {
    public static final String CUSTODIAN = "custodian";

    public Participant {
      requireText("name", name);
      roles = List.copyOf(roles);
      require(!roles.isEmpty(), "roles: names at least one");
      roles.forEach(role -> requireName("roles", role));
    }
  }

  /** A file beside the script that is copied into the ceremony's folder; with its known digest. */
  public record Input(String file, Optional<Digest> digest) {
    public Input {
      requirePath("file", file);
    }
  }

  /** Which PKI's log key signs the transcript, and the secret that opens it. */
  public record Seal(String pki, Optional<String> secret) {
    public Seal {
      requirePath("pki", pki);
      secret.ifPresent(s -> requireName("secret", s));
    }
  }

  public static CeremonyScript parse(Bytes yaml) throws FormatException {
    return Json.readYaml(yaml, CeremonyScript.class, "ceremony script");
  }

  List<Input> inputList() {
    return inputs.orElse(List.of());
  }

  /** The names of these participants, for people. */
  String names(List<String> ids) {
    var names =
        ids.stream()
            .map(id -> participants.containsKey(id) ? participants.get(id).name() : id)
            .toList();
    return names.size() < 2
        ? String.join("", names)
        : String.join(", ", names.subList(0, names.size() - 1)) + " and " + names.getLast();
  }

  static void require(boolean condition, String problem) {
    if (!condition) {
      throw new IllegalArgumentException(problem);
    }
  }

  static void requireName(String what, String name) {
    require(
        name.length() <= 64 && name.matches("[a-z0-9]+(-[a-z0-9]+)*"),
        "%s: expected a name of lower-case letters, digits and hyphens, found '%s'"
            .formatted(what, printable(name)));
  }

  static void requireText(String what, String text) {
    require(
        !text.isBlank()
            && text.length() <= 1000
            && text.chars().noneMatch(c -> Character.isISOControl(c) && c != '\n'),
        "%s: expected 1 to 1000 printable characters".formatted(what));
  }

  /** Below the ceremony's folder, in plain characters; never the folder itself. */
  static void requirePath(String what, String path) {
    require(
        path.length() <= 200
            && path.matches("[A-Za-z0-9_][A-Za-z0-9._-]*(/[A-Za-z0-9_][A-Za-z0-9._-]*)*"),
        "%s: expected a relative path of letters, digits and . _ - /, found '%s'"
            .formatted(what, printable(path)));
  }

  private static String printable(String text) {
    String clean = text.replaceAll("\\p{Cntrl}", "?");
    return clean.length() > 60 ? clean.substring(0, 60) + "..." : clean;
  }

  private static void requireDate(String date) {
    try {
      LocalDate.parse(date);
    } catch (DateTimeException e) {
      throw new IllegalArgumentException("date: expected a day like 2026-11-22", e);
    }
  }
}
