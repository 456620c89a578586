// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.measure;

import dev.trustme.bytes.Bytes;
import dev.trustme.cel.CelContent;
import dev.trustme.cel.CelTlv;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A record's content in one line that is safe on a terminal. */
final class CelText {
  private static final int SHOWN = 64;

  private CelText() {}

  static String of(CelContent content) {
    return switch (content) {
      case CelContent.Systemd event ->
          Untrusted.printable(
              Stream.of(event.eventType(), event.string())
                  .flatMap(Optional::stream)
                  .collect(Collectors.joining(": ")));
      case CelContent.Container container -> Untrusted.printable(container.string());
      case CelContent.PcClientStd event ->
          "type %08x  %s".formatted(event.untrustedEventType(), bytes(event.eventData()));
      case CelContent.ImaTemplate ima ->
          "%s  %s".formatted(ima.templateName(), bytes(ima.templateData()));
      case CelContent.ImaTlv ima -> fields(ima.fields());
      case CelContent.CelManagement event -> fields(event.fields());
      case CelContent.None none -> "";
      case CelContent.Unknown unknown -> bytes(unknown.raw());
    };
  }

  private static String fields(List<CelTlv> fields) {
    return fields.stream()
        .map(f -> "%d=%s".formatted(f.type(), bytes(f.value())))
        .collect(Collectors.joining(" "));
  }

  private static String bytes(Bytes raw) {
    Bytes part = raw.slice(0, Math.min(SHOWN, raw.size()));
    String text = NameText.of(part);
    return raw.size() <= SHOWN ? text : "%s… (%d bytes)".formatted(text, raw.size());
  }
}
