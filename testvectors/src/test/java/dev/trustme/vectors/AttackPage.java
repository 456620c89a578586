// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.vectors;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.files.Inputs;
import dev.trustme.files.Outputs;
import dev.trustme.json.Json;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * {@code docs/attacks.md}: every attack with the vectors that show it and the checks that find it.
 */
final class AttackPage {
  private static final Pattern ID = Pattern.compile("([qklicp][0-9]{2})([a-z]?)(-.*)?");
  private static final List<String> FAMILIES =
      List.of("attack", "eventlog", "ima", "cel", "credential");
  private static final Path TITLES = Path.of("src/test/resources/dev/trustme/vectors/attacks.yaml");
  private static final String HEAD =
      """
      # Attacks

      What somebody can try on a device, on the way, or with a verifier's inputs, and what finds it. Each vector is \
      a file in `testvectors/vectors/FAMILY`, differs from an accepted one in a single thing, and has its own \
      reason; a check in the third column is the first that fails. *accepted* is what is taken, mostly because a \
      policy names it. This page is made of the vectors (`dev.trustme.vectors.AttackPage`), and the build fails \
      where it differs, or where an id has no vector.

      | id | what | found by | vectors |
      |---|---|---|---|
      """;

  /** The titles of all attacks. */
  record Titles(Map<String, Title> attacks) {}

  /** What it is, and vectors whose ids do not say that they show it. */
  record Title(String what, Optional<List<String>> more) {}

  private final Titles titles;
  private final Map<String, List<Shown>> shown = new TreeMap<>();

  private record Shown(String family, Vector vector) {
    String name() {
      return "%s/%s".formatted(family, vector.id());
    }

    String found() {
      return switch (vector.expect()) {
        case accept -> "*accepted*";
        case malformed -> "*malformed*";
        case reject -> vector.reason().orElseThrow().split("[ ,]", 2)[0];
      };
    }
  }

  AttackPage(VectorRunner runner) throws IOException, FormatException {
    titles = Json.readYaml(Inputs.read(TITLES), Titles.class, "attacks");
    for (String family : FAMILIES) {
      for (Vector vector : runner.index(family).vectors()) {
        var matcher = ID.matcher(vector.id());
        if (matcher.matches()) {
          add(matcher.group(1).toUpperCase(Locale.ROOT), new Shown(family, vector));
        }
      }
    }
    for (var title : titles.attacks().entrySet()) {
      for (String name : title.getValue().more().orElse(List.of())) {
        add(title.getKey(), named(runner, name));
      }
    }
  }

  private void add(String id, Shown vector) {
    shown.computeIfAbsent(id, i -> new ArrayList<>()).add(vector);
  }

  private static Shown named(VectorRunner runner, String name) throws IOException, FormatException {
    String[] parts = name.split("/", 2);
    return new Shown(
        parts[0],
        runner.index(parts[0]).vectors().stream()
            .filter(v -> v.id().equals(parts[1]))
            .findFirst()
            .orElseThrow());
  }

  /** Ids that no vector shows. */
  List<String> withoutVector() {
    return titles.attacks().keySet().stream().filter(id -> !shown.containsKey(id)).toList();
  }

  /** Ids of vectors that have no title. */
  List<String> withoutTitle() {
    return shown.keySet().stream().filter(id -> !titles.attacks().containsKey(id)).toList();
  }

  String text() {
    var text = new StringBuilder(HEAD);
    titles
        .attacks()
        .forEach((id, title) -> {
          var vectors = shown.getOrDefault(id, List.of());
          var found = new TreeSet<>(vectors.stream().map(Shown::found).toList());
          text.append(
              "| %s | %s | %s | %s |\n"
                  .formatted(
                      id,
                      title.what(),
                      String.join(", ", found),
                      String.join(" ", vectors.stream().map(v -> "`" + v.name() + "`").toList())));
        });
    return text.toString();
  }

  /** Writes the page to this file, from the module's folder. */
  public static void main(String... args) throws IOException, FormatException {
    var page = new AttackPage(new VectorRunner(Path.of("vectors")));
    Outputs.write(Path.of(args[0]), Bytes.utf8(page.text()), true);
  }
}
