// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.measure;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.Digest;
import dev.trustme.ima.ImaDigest;
import dev.trustme.ima.ImaEntry;
import dev.trustme.ima.ImaField;
import dev.trustme.ima.ImaSignature;
import dev.trustme.ima.ImaValue;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** One entry of an IMA log as it is shown; {@code fields} holds the template's other fields. */
record ImaRow(
    long number,
    long offset,
    int pcr,
    String check,
    Digest templateHash,
    String template,
    Optional<String> digest,
    String name,
    Optional<Signature> signature,
    Map<String, String> fields) {
  static final String VERIFIED = "VERIFIED";
  static final String MISMATCH = "MISMATCH";
  static final String VIOLATION = "VIOLATION";

  private static final int SHOWN = 32;

  /** A signature's header; the size in bytes. Nothing here verifies it. */
  record Signature(String type, int version, String hash, String keyId, int size) {
    static Signature of(ImaSignature signature) {
      return new Signature(
          signature.type().name(),
          signature.version(),
          signature.hashAlgo().label(),
          signature.keyIdHex(),
          signature.signature().size());
    }
  }

  static ImaRow of(ImaEntry entry) {
    String check = entry.templateHashMatches() ? VERIFIED : MISMATCH;
    Map<String, String> others = new LinkedHashMap<>();
    for (int i = 0; i < entry.values().size(); i++) {
      ImaField field = entry.template().fields().get(i);
      other(entry.values().get(i)).ifPresent(text -> others.put(field.id(), text));
    }
    return new ImaRow(
        entry.number(),
        entry.offset(),
        entry.pcr(),
        entry.violation() ? VIOLATION : check,
        entry.templateHash(),
        entry.template().name(),
        entry.digest().map(ImaRow::text),
        NameText.of(entry.name()),
        entry.signature().map(Signature::of),
        others);
  }

  private static String text(ImaDigest digest) {
    String type = digest instanceof ImaDigest.VerityDigest ? "verity:" : "";
    return type + digest.algorithm().label() + ":" + digest.value().hex();
  }

  /** What has no column of its own. */
  private static Optional<String> other(ImaValue value) {
    return switch (value) {
      case ImaValue.DigestValue digest -> Optional.empty();
      case ImaValue.Name name -> Optional.empty();
      case ImaValue.Signature signature -> Optional.empty();
      case ImaValue.Absent absent -> Optional.empty();
      case ImaValue.Modsig modsig -> Optional.of(bytes(modsig.pkcs7()));
      case ImaValue.Buffer buffer -> Optional.of(buffer(buffer.content()));
      case ImaValue.NumberValue number -> Optional.of(Long.toString(number.value()));
      case ImaValue.XattrNames names ->
          Optional.of(NameText.of(Bytes.utf8(String.join(" ", names.names()))));
      case ImaValue.XattrLengths lengths ->
          Optional.of(
              lengths.lengths().stream().map(String::valueOf).collect(Collectors.joining(" ")));
      case ImaValue.XattrValues values -> Optional.of(bytes(values.values()));
      case ImaValue.Unparsed unparsed -> Optional.of("not readable: " + unparsed.reason());
    };
  }

  private static String buffer(Bytes content) {
    for (int i = 0; i < content.size(); i++) {
      if (content.at(i) < ' ' || content.at(i) > '~') {
        return bytes(content);
      }
    }
    return content.utf8();
  }

  private static String bytes(Bytes content) {
    return content.size() <= SHOWN
        ? content.hex()
        : "%s… (%d bytes)".formatted(content.slice(0, SHOWN / 2).hex(), content.size());
  }

  /** The end of the row: what a signature claims, and other fields. */
  String details() {
    var out = new StringBuilder();
    signature.ifPresent(
        s -> out.append("  signed %s v%d %s key %s".formatted(s.type, s.version, s.hash, s.keyId)));
    fields.forEach((id, text) -> out.append("  %s=%s".formatted(id, text)));
    return out.toString();
  }
}
