// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.measure;

import dev.trustme.bytes.Bytes;
import dev.trustme.eventlog.EventData;
import dev.trustme.eventlog.EventData.ActionText;
import dev.trustme.eventlog.EventData.BootServicesApplication;
import dev.trustme.eventlog.EventData.IplText;
import dev.trustme.eventlog.EventData.Separator;
import dev.trustme.eventlog.EventData.SpecIdEvent;
import dev.trustme.eventlog.EventData.StartupLocality;
import dev.trustme.eventlog.EventData.TaggedEvent;
import dev.trustme.eventlog.EventData.UefiVariable;
import dev.trustme.eventlog.EventData.Unparsed;
import dev.trustme.uefi.UefiVariableData;

/** Event data in one line that is safe on a terminal. */
final class EventText {
  private static final int RAW_SHOWN = 16;

  private EventText() {}

  static String of(EventData data) {
    return switch (data) {
      case SpecIdEvent spec ->
          "Spec ID %d.%d.%d, %d algorithms"
              .formatted(
                  spec.specVersionMajor(),
                  spec.specVersionMinor(),
                  spec.specErrata(),
                  spec.digestSizes().size());
      case StartupLocality startup -> "startup locality " + startup.startupLocality();
      case UefiVariable event -> variable(event.variable());
      case Separator separator -> "separator %08x".formatted(separator.value());
      case ActionText action -> printable(action.text());
      case IplText ipl -> printable(ipl.text());
      case TaggedEvent tag ->
          "tag %08x %s".formatted(tag.taggedEventId(), textOrHex(tag.taggedEventData()));
      case BootServicesApplication image ->
          "image of %d bytes in memory, device path %s"
              .formatted(image.imageLengthInMemory(), hex(image.devicePath()));
      case Unparsed unparsed -> textOrHex(unparsed.raw());
      default -> data.toString();
    };
  }

  private static String variable(UefiVariableData variable) {
    Bytes data = variable.variableData();
    String value = data.size() <= RAW_SHOWN ? data.hex() : data.size() + " bytes";
    return printable(variable.unicodeName()) + " = " + (data.isEmpty() ? "(empty)" : value);
  }

  private static String textOrHex(Bytes raw) {
    int end = raw.size();
    while (end > 0 && raw.at(end - 1) == 0) {
      end--;
    }
    for (int i = 0; i < end; i++) {
      if (raw.at(i) < ' ' || raw.at(i) > '~') {
        return hex(raw);
      }
    }
    return end == 0 ? hex(raw) : raw.slice(0, end).utf8();
  }

  private static String hex(Bytes raw) {
    return raw.size() <= RAW_SHOWN
        ? raw.hex()
        : "%s… (%d bytes)".formatted(raw.slice(0, RAW_SHOWN).hex(), raw.size());
  }

  /** Control and formatting characters as escapes: a log may hold anything. */
  static String printable(String text) {
    var out = new StringBuilder();
    text.codePoints()
        .forEach(c -> {
          int kind = Character.getType(c);
          boolean shown =
              kind != Character.CONTROL
                  && kind != Character.FORMAT
                  && kind != Character.LINE_SEPARATOR
                  && kind != Character.PARAGRAPH_SEPARATOR
                  && kind != Character.SURROGATE
                  && kind != Character.UNASSIGNED
                  && kind != Character.PRIVATE_USE;
          if (shown) {
            out.appendCodePoint(c);
          } else {
            out.append("\\u{%x}".formatted(c));
          }
        });
    return out.toString();
  }
}
