// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.airgap;

import com.fasterxml.jackson.databind.JsonNode;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.json.Json;
import java.util.ArrayList;
import java.util.List;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.ASN1Set;
import org.bouncycastle.asn1.cms.Attribute;

/**
 * A message that is to be signed, in words for the person who signs: DSSE payloads field by field,
 * signed attributes of PKCS#7, short texts as they are. What is none of these has only its size.
 */
final class MessageWords {
  private static final int MAX_LINES = 40;
  private static final int MAX_TEXT = 256;
  private static final String DSSE = "DSSEv1 ";

  private MessageWords() {}

  static List<String> of(Bytes message) {
    if (message.startsWith(Bytes.utf8(DSSE))) {
      return envelope(message.utf8());
    }
    if (!message.isEmpty() && message.at(0) == 0x31) {
      var attributes = attributes(message);
      if (!attributes.isEmpty()) {
        return attributes;
      }
    }
    return message.size() <= MAX_TEXT && printable(message)
        ? List.of("text    " + message.utf8())
        : List.of("message of %d bytes".formatted(message.size()));
  }

  private static boolean printable(Bytes message) {
    return !message.isEmpty() && message.utf8().codePoints().allMatch(c -> c >= 0x20 && c < 0x7f);
  }

  /** {@code DSSEv1 SP len SP type SP len SP body}; both lengths are checked. */
  private static List<String> envelope(String text) {
    String[] parts = text.split(" ", 5);
    boolean whole =
        parts.length == 5
            && parts[1].equals(String.valueOf(Bytes.utf8(parts[2]).size()))
            && parts[3].equals(String.valueOf(Bytes.utf8(parts[4]).size()));
    if (!whole) {
      return List.of("DSSE    broken: its lengths do not fit");
    }
    List<String> lines = new ArrayList<>(List.of("DSSE    " + parts[2]));
    try {
      fields("", Json.tree(Bytes.utf8(parts[4]), "payload"), lines);
    } catch (FormatException e) {
      lines.add("payload of %s bytes, no JSON".formatted(parts[3]));
    }
    if (lines.size() > MAX_LINES) {
      int more = lines.size() - MAX_LINES;
      lines = new ArrayList<>(lines.subList(0, MAX_LINES));
      lines.add("… and %d more fields".formatted(more));
    }
    return lines;
  }

  private static void fields(String name, JsonNode value, List<String> lines) {
    if (value.isObject()) {
      value
          .properties()
          .forEach(f ->
              fields(name.isEmpty() ? f.getKey() : name + "." + f.getKey(), f.getValue(), lines));
    } else if (value.isArray()) {
      for (int i = 0; i < value.size(); i++) {
        fields("%s[%d]".formatted(name, i), value.get(i), lines);
      }
    } else {
      lines.add("  %s = %s".formatted(name, cut(value.asText())));
    }
  }

  private static String cut(String text) {
    return text.length() <= MAX_TEXT ? text : text.substring(0, MAX_TEXT) + "…";
  }

  /** SET OF Attribute, as PKCS#7 and CMS sign it: each by its object identifier. */
  private static List<String> attributes(Bytes der) {
    List<String> lines = new ArrayList<>();
    try {
      for (var element : ASN1Set.getInstance(der.toArray())) {
        var attribute = Attribute.getInstance(element);
        lines.add("attribute %s = %s".formatted(attribute.getAttrType(), value(attribute)));
      }
    } catch (RuntimeException e) {
      // Not attributes after all; the caller says what it is.
      return List.of();
    }
    return lines.size() > MAX_LINES ? lines.subList(0, MAX_LINES) : lines;
  }

  private static String value(Attribute attribute) {
    if (attribute.getAttrValues().size() != 1) {
      return attribute.getAttrValues().size() + " values";
    }
    return cut(
        attribute.getAttrValues().getObjectAt(0) instanceof ASN1OctetString octets
            ? Bytes.copyOf(octets.getOctets()).hex()
            : String.valueOf(attribute.getAttrValues().getObjectAt(0)));
  }
}
