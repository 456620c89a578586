// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.vectors.make;

import dev.trustme.bytes.Bytes;
import dev.trustme.eventlog.EventType;
import dev.trustme.vectors.Vector;
import dev.trustme.vectors.make.LogBuilder.Entry;
import java.io.IOException;
import java.util.Map;
import java.util.Objects;
import java.util.function.UnaryOperator;

/** Adds negatives to a family: a twin's log with one thing changed. */
final class LogTwins {
  private final FamilyMaker family;
  private final Map<String, LogBuilder> logs;
  private final Map<String, Vector> positives;

  LogTwins(FamilyMaker family, Map<String, LogBuilder> logs, Map<String, Vector> positives) {
    this.family = family;
    this.logs = logs;
    this.positives = positives;
  }

  FamilyMaker family() {
    return family;
  }

  Vector positive(String id) {
    return Objects.requireNonNull(positives.get(id), id);
  }

  LogBuilder log(String id) {
    return Objects.requireNonNull(logs.get(id), id);
  }

  void reject(String twin, String id, String comment, Bytes log, String reason) throws IOException {
    family.otherFile(
        Objects.requireNonNull(positives.get(twin), twin), id, comment, "log", log, reason);
  }

  void reject(String twin, String id, String comment, LogBuilder log, String reason)
      throws IOException {
    reject(twin, id, comment, log.build(), reason);
  }

  void edit(
      String twin,
      String id,
      String comment,
      String label,
      UnaryOperator<Entry> edit,
      String reason)
      throws IOException {
    reject(twin, id, comment, log(twin).edit(label, edit), reason);
  }

  /** A check that looks at one event, named as findings name it. */
  private static String at(String check, LogBuilder log, String label) {
    var entry = log.entry(label);
    return "%s at TCG log, event %d (%s), offset 0x%x"
        .formatted(
            check, log.index(label) + 1, EventType.of(entry.type()).name(), log.offset(label));
  }

  /** The same, for an edited log that is judged. */
  void judged(String twin, String id, String comment, LogBuilder log, String check, String label)
      throws IOException {
    reject(twin, id, comment, log, at(check, log, label));
  }

  void judged(
      String twin, String id, String comment, String label, UnaryOperator<Entry> edit, String check)
      throws IOException {
    judged(twin, id, comment, log(twin).edit(label, edit), check, label);
  }
}
