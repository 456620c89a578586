// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.measure;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.cli.measure.EventJson.Tree;
import dev.trustme.eventlog.CheckedEvent;
import dev.trustme.eventlog.EventData.UefiVariable;
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
import dev.trustme.uefi.EfiGuid;
import dev.trustme.uefi.EfiLoadOption;
import dev.trustme.uefi.SignatureData;
import dev.trustme.uefi.SignatureList;
import java.util.Optional;

/** Variables as keys and values; {@code content.kind} says what they hold. */
final class VariableJson {
  private VariableJson() {}

  static Tree of(CheckedEvent event, UefiVariable data) {
    var variable = data.variable();
    return EventJson.object("uefi-variable")
        .with("vendor", variable.variableName().toString())
        .with("name", variable.unicodeName())
        .with("size", variable.variableData().size())
        .with("trailing", data.trailing().hex())
        .with("content", content(EventText.content(event, data)));
  }

  private static Tree content(VariableContent content) {
    return switch (content) {
      case Absent absent -> EventJson.object("absent");
      case Flag flag -> EventJson.object("flag").with("value", flag.value());
      case SignatureDatabase database ->
          EventJson.object("signature-database")
              .with("lists", database.lists().stream().map(VariableJson::list).toList());
      case Authority authority ->
          EventJson.object("authority")
              .with("entry", entry(authority.signature(), authority.signature().size() > 80));
      case BareCertificate bare -> certificate(EventJson.object("bare-certificate"), bare.der());
      case BootOrder order ->
          EventJson.object("boot-order")
              .with("options", order.options().stream().map("Boot%04X"::formatted).toList());
      case BootOption option -> option(option.option());
      case SbatLevel level -> EventJson.object("sbat-level").with("text", level.text());
      case Raw raw -> EventJson.object("raw").with("data", raw.data().hex());
      case Malformed malformed ->
          EventJson.object("malformed")
              .with("reason", malformed.reason())
              .with("data", malformed.data().hex());
    };
  }

  private static Tree list(SignatureList list) {
    boolean x509 = list.signatureType().equals(EfiGuid.CERT_X509);
    return new Tree()
        .with("type", list.signatureType().toString())
        .with("entries", list.signatures().stream().map(s -> entry(s, x509)).toList());
  }

  private static Tree entry(SignatureData signature, boolean x509) {
    var tree = new Tree().with("owner", signature.signatureOwner().toString());
    return x509
        ? certificate(tree, signature.signatureData())
        : tree.with("data", signature.signatureData().hex());
  }

  private static Tree certificate(Tree tree, Bytes der) {
    Optional<String> subject = Certificates.subject(der);
    subject.ifPresent(name -> tree.with("subject", name));
    tree.with("sha256", HashAlgorithm.SHA256.digest(der).hex());
    return tree.with("data", der.hex());
  }

  private static Tree option(EfiLoadOption option) {
    return EventJson.object("boot-option")
        .with("attributes", "0x%08x".formatted(option.attributes()))
        .with("active", option.active())
        .with("description", option.description())
        .with(
            "paths",
            option.filePathList().stream()
                .map(path -> EventJson.path(path.encode(), Optional.of(path)))
                .toList())
        .with("optional-data", option.optionalData().hex());
  }
}
