// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.ima;

import dev.trustme.bytes.FormatException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What an entry's data consists of. A log names a template either by a built-in name or, for a
 * custom {@code ima_template_fmt}, by the descriptor itself, such as {@code d-ng|n-ng|sig}.
 */
public record ImaTemplate(String name, List<ImaField> fields) {
  /** The oldest template, whose layout and template hash follow rules of their own. */
  public static final String IMA = "ima";

  private static final int MAX_FIELDS = 15;
  private static final int MAX_FIELD_ID = 16;

  /** No name in a log is longer: 15 field identifiers and their separators. */
  static final int MAX_NAME = MAX_FIELDS * (MAX_FIELD_ID + 1);

  private static final Map<String, String> BUILT_IN =
      Map.of(
          IMA,
          "d|n",
          "ima-ng",
          "d-ng|n-ng",
          "ima-sig",
          "d-ng|n-ng|sig",
          "ima-ngv2",
          "d-ngv2|n-ng",
          "ima-sigv2",
          "d-ngv2|n-ng|sig",
          "ima-buf",
          "d-ng|n-ng|buf",
          "ima-modsig",
          "d-ng|n-ng|sig|d-modsig|modsig",
          "evm-sig",
          "d-ng|n-ng|evmsig|xattrnames|xattrlengths|xattrvalues|iuid|igid|imode");

  public ImaTemplate {
    fields = List.copyOf(fields);
  }

  /** The template that a log names so; empty if neither a known name nor a descriptor. */
  public static Optional<ImaTemplate> byName(String name) {
    String descriptor = BUILT_IN.getOrDefault(name, name);
    List<ImaField> fields = new ArrayList<>();
    for (String id : descriptor.split("\\|", -1)) {
      Optional<ImaField> field = ImaField.byId(id);
      if (field.isEmpty() || fields.size() == MAX_FIELDS) {
        return Optional.empty();
      }
      fields.add(field.get());
    }
    return Optional.of(new ImaTemplate(name, fields));
  }

  static ImaTemplate parse(String name, String structure, long offset) throws FormatException {
    return byName(name)
        .orElseThrow(() ->
            new FormatException(
                structure, offset, "unknown template " + name.replaceAll("[^!-~]", "?")));
  }

  /** Whether entries have the layout of the oldest template. */
  public boolean isLegacy() {
    return name.equals(IMA);
  }
}
