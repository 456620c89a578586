// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.measure;

import dev.trustme.bytes.Bytes;
import dev.trustme.eventlog.VariableContent;
import dev.trustme.eventlog.VariableContent.Absent;
import dev.trustme.eventlog.VariableContent.Authority;
import dev.trustme.eventlog.VariableContent.BareCertificate;
import dev.trustme.eventlog.VariableContent.BootOption;
import dev.trustme.eventlog.VariableContent.BootOrder;
import dev.trustme.eventlog.VariableContent.Flag;
import dev.trustme.eventlog.VariableContent.Malformed;
import dev.trustme.eventlog.VariableContent.Raw;
import dev.trustme.eventlog.VariableContent.SbatLevel;
import dev.trustme.eventlog.VariableContent.SignatureDatabase;
import dev.trustme.uefi.DevicePath;
import dev.trustme.uefi.EfiGuid;
import dev.trustme.uefi.EfiLoadOption;
import dev.trustme.uefi.SignatureData;
import dev.trustme.uefi.SignatureList;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** What a variable holds, in words. */
final class VariableText {
  private static final int HASHES_SHOWN = 3;

  private VariableText() {}

  /** One line. */
  static String summary(VariableContent content) {
    return switch (content) {
      case Absent absent -> "(empty)";
      case Flag flag -> flag.value() ? "1 (on)" : "0 (off)";
      case SignatureDatabase database -> count(database);
      case Authority authority -> "one entry";
      case BareCertificate certificate -> "one certificate without its owner";
      case BootOrder order -> options(order.options());
      case BootOption option -> Untrusted.quoted(option.option().description());
      case SbatLevel level -> Untrusted.printable(level.text().strip().replace("\n", "; "));
      case Raw raw -> Untrusted.hex(raw.data());
      case Malformed malformed ->
          "malformed (%s): %s".formatted(malformed.reason(), Untrusted.hex(malformed.data()));
    };
  }

  private static String options(List<Integer> options) {
    return options.stream().map("Boot%04X"::formatted).collect(Collectors.joining(" "));
  }

  private static String count(SignatureDatabase database) {
    long certificates = 0;
    long others = 0;
    for (SignatureList list : database.lists()) {
      boolean x509 = list.signatureType().equals(EfiGuid.CERT_X509);
      certificates += x509 ? list.signatures().size() : 0;
      others += x509 ? 0 : list.signatures().size();
    }
    if (certificates == 0 && others == 0) {
      return "no entries";
    }
    List<String> parts = new ArrayList<>();
    if (certificates > 0) {
      parts.add(certificates == 1 ? "1 certificate" : certificates + " certificates");
    }
    if (others > 0) {
      parts.add(others == 1 ? "1 hash" : others + " hashes");
    }
    return String.join(", ", parts);
  }

  /** More lines, where one does not say it all. */
  static List<String> details(VariableContent content, boolean all) {
    return switch (content) {
      case SignatureDatabase database -> database(database, all);
      case Authority authority -> List.of(entry(authority.signature()));
      case BareCertificate bare -> List.of("x509  " + Certificates.line(bare.der()));
      case BootOption option -> option(option.option(), all);
      case Raw raw -> all ? Untrusted.dump(raw.data()) : List.of();
      case Malformed malformed -> all ? Untrusted.dump(malformed.data()) : List.of();
      case Absent absent -> List.of();
      case Flag flag -> List.of();
      case BootOrder order -> List.of();
      case SbatLevel level -> List.of();
    };
  }

  private static List<String> database(SignatureDatabase database, boolean all) {
    List<String> lines = new ArrayList<>();
    for (SignatureList list : database.lists()) {
      boolean x509 = list.signatureType().equals(EfiGuid.CERT_X509);
      String type = Guids.name(list.signatureType());
      int shown = 0;
      for (SignatureData signature : list.signatures()) {
        if (!x509 && !all && shown == HASHES_SHOWN) {
          lines.add(
              "%s  … and %d more (--verbose)".formatted(type, list.signatures().size() - shown));
          break;
        }
        lines.add("%s  %s".formatted(type, x509 ? certificate(signature) : hash(signature)));
        shown++;
      }
    }
    return lines;
  }

  private static String certificate(SignatureData signature) {
    return "%s  owner %s"
        .formatted(
            Certificates.line(signature.signatureData()), Guids.name(signature.signatureOwner()));
  }

  private static String hash(SignatureData signature) {
    return signature.signatureData().hex();
  }

  private static String entry(SignatureData signature) {
    Bytes data = signature.signatureData();
    return data.size() <= 64
        ? "hash  %s  owner %s".formatted(data.hex(), Guids.name(signature.signatureOwner()))
        : "x509  " + certificate(signature);
  }

  private static List<String> option(EfiLoadOption option, boolean all) {
    List<String> lines = new ArrayList<>();
    for (DevicePath path : option.filePathList()) {
      lines.add("path  " + Untrusted.printable(path.text()));
    }
    if (!option.active() || option.hidden()) {
      lines.add(
          "attributes  0x%08x%s%s"
              .formatted(
                  option.attributes(),
                  option.active() ? "" : ", not active",
                  option.hidden() ? ", hidden" : ""));
    }
    if (!option.optionalData().isEmpty()) {
      lines.add("optional data  " + Untrusted.textOrHex(option.optionalData()));
      lines.addAll(all ? Untrusted.dump(option.optionalData()) : List.of());
    }
    return lines;
  }
}
