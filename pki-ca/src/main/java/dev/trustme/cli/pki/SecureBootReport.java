// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.pki;

import dev.trustme.artifact.UpdateVerifier;
import dev.trustme.bytes.BinaryReader;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.Digest;
import dev.trustme.bytes.FormatException;
import dev.trustme.secureboot.KeyDatabase;
import dev.trustme.secureboot.KeyFileContent;
import dev.trustme.trust.Certificates;
import dev.trustme.uefi.EfiTime;
import dev.trustme.uefi.OvmfVariableStore.Variable;
import dev.trustme.uefi.SignatureType;
import dev.trustme.uefi.SignatureVariable;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.bouncycastle.cert.X509CertificateHolder;

/** What {@code pki secure-boot show} says about one file. */
record SecureBootReport(
    String schema,
    String file,
    String kind,
    List<String> signers,
    Optional<Long> free,
    List<Content> variables) {

  /** One variable, or the one database of a file, whose name is not known then. */
  record Content(
      Optional<String> name,
      Optional<String> vendor,
      Optional<Long> attributes,
      Optional<Instant> time,
      long size,
      List<Line> entries) {}

  /** One entry: a certificate, a digest, or data of a type that is not known. */
  record Line(
      String type,
      String owner,
      Optional<String> subject,
      Optional<Instant> notAfter,
      Optional<Digest> digest,
      Optional<Instant> revokedFrom,
      Optional<Bytes> data) {
    static Line of(KeyDatabase.Entry entry) {
      var type = SignatureType.of(entry.type());
      String name =
          type.map(t -> t.name().replaceFirst("^EFI_CERT_", "").toLowerCase(Locale.ROOT))
              .orElse(entry.type().toString());
      String owner = entry.data().signatureOwner().toString();
      Bytes data = entry.data().signatureData();
      if (type.equals(Optional.of(SignatureType.EFI_CERT_X509))) {
        return certificate(name, owner, data);
      }
      var algorithm = type.flatMap(SignatureType::digest);
      if (algorithm.isEmpty()) {
        return new Line(
            name,
            owner,
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.of(data));
      }
      var digest = new Digest(algorithm.get(), data.slice(0, algorithm.get().size()));
      return new Line(
          name,
          owner,
          Optional.empty(),
          Optional.empty(),
          Optional.of(digest),
          time(data.slice(digest.value().size(), data.size())),
          Optional.empty());
    }

    private static Line certificate(String name, String owner, Bytes der) {
      try {
        var certificate = Certificates.parseDer(der);
        return new Line(
            name,
            owner,
            Optional.of(certificate.getSubject().toString()),
            Optional.of(certificate.getNotAfter().toInstant()),
            Optional.of(Certificates.fingerprint(certificate)),
            Optional.empty(),
            Optional.empty());
      } catch (FormatException e) {
        return new Line(
            name + " (no certificate)",
            owner,
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.of(der));
      }
    }

    private static Optional<Instant> time(Bytes encoded) {
      try {
        return encoded.size() == EfiTime.SIZE
            ? SecureBootReport.time(EfiTime.read(BinaryReader.littleEndian(encoded, "EFI_TIME")))
            : Optional.empty();
      } catch (FormatException e) {
        return Optional.empty();
      }
    }

    String text() {
      String what = digest.map(Digest::toString).orElse(data.map(Bytes::hex).orElse(""));
      if (what.length() > 90) {
        what = what.substring(0, 90) + "…";
      }
      String more =
          subject.map(s -> "  " + s).orElse("")
              + notAfter.map(t -> "  until " + t).orElse("")
              + revokedFrom.map(t -> "  revoked from " + t).orElse("");
      return "%-12s %s%s  owner %s".formatted(type, what, more, owner);
    }
  }

  static SecureBootReport of(String file, KeyFileContent content) throws FormatException {
    return switch (content) {
      case KeyFileContent.Lists lists ->
          one(file, "signature lists", List.of(), content(lists.database()));
      case KeyFileContent.Efivar efivar ->
          one(
              file,
              "efivarfs",
              List.of(),
              content(efivar.database(), Optional.of(efivar.attributes()), Optional.empty()));
      case KeyFileContent.Update update ->
          one(
              file,
              "signed update",
              UpdateVerifier.certificates(update.update()).stream()
                  .map(X509CertificateHolder::getSubject)
                  .map(Object::toString)
                  .toList(),
              content(update.database(), Optional.empty(), time(update.update().timeStamp())));
      case KeyFileContent.Store store -> store(file, store);
    };
  }

  private static SecureBootReport one(
      String file, String kind, List<String> signers, Content content) {
    return new SecureBootReport(
        "trustme/secure-boot/1", file, kind, signers, Optional.empty(), List.of(content));
  }

  private static SecureBootReport store(String file, KeyFileContent.Store content)
      throws FormatException {
    var databases = content.databases();
    List<Content> all = new ArrayList<>();
    for (Variable variable : content.store().variables()) {
      var known =
          SignatureVariable.byName(variable.name())
              .filter(v -> v.vendor().equals(variable.vendor()))
              .map(databases::get);
      all.add(
          new Content(
              Optional.of(variable.name()),
              Optional.of(variable.vendor().toString()),
              Optional.of(variable.attributes()),
              time(variable.timeStamp()),
              variable.data().size(),
              known.map(SecureBootReport::lines).orElse(List.of())));
    }
    long free = content.store().free();
    return new SecureBootReport(
        "trustme/secure-boot/1", file, "variable store", List.of(), Optional.of(free), all);
  }

  private static Content content(KeyDatabase database) {
    return content(database, Optional.empty(), Optional.empty());
  }

  private static Content content(
      KeyDatabase database, Optional<Long> attributes, Optional<Instant> time) {
    return new Content(
        Optional.empty(),
        Optional.empty(),
        attributes,
        time,
        database.encode().size(),
        lines(database));
  }

  private static List<Line> lines(KeyDatabase database) {
    return database.entries().stream().map(Line::of).toList();
  }

  private static Optional<Instant> time(EfiTime time) {
    try {
      return time.equals(EfiTime.NONE) ? Optional.empty() : Optional.of(time.toInstant());
    } catch (FormatException e) {
      return Optional.empty();
    }
  }

  String text() {
    var text = new StringBuilder("%s  %s".formatted(file, kind));
    signers.forEach(s -> text.append(", certificate inside: ").append(s));
    free.ifPresent(f -> text.append(", %d bytes free".formatted(f)));
    for (Content content : variables) {
      text.append("\n  ").append(headline(content));
      int number = 1;
      for (Line line : content.entries()) {
        text.append("\n    %3d  %s".formatted(number++, line.text()));
      }
    }
    return text.toString();
  }

  static String count(int entries) {
    return entries + (entries == 1 ? " entry" : " entries");
  }

  private static String headline(Content content) {
    return "%s%s%s"
        .formatted(
            content.name().map("%-16s "::formatted).orElse(""),
            content.entries().isEmpty()
                ? content.size() + " bytes"
                : "%s, %d bytes".formatted(count(content.entries().size()), content.size()),
            content.attributes().map(", attributes 0x%x"::formatted).orElse("")
                + content.time().map(t -> ", " + t).orElse(""));
  }
}
