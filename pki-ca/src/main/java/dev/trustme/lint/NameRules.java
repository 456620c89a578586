// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.lint;

import static dev.trustme.lint.LintRule.NAME_ENCODING;
import static dev.trustme.lint.LintRule.NAME_TEXT;
import static dev.trustme.lint.LintRule.SAN_CRITICAL;
import static dev.trustme.lint.LintRule.SAN_EMPTY;
import static dev.trustme.lint.LintRule.SAN_FORM;
import static dev.trustme.lint.LintRule.SUBJECT_EMPTY;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.regex.Pattern;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1IA5String;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.ASN1PrintableString;
import org.bouncycastle.asn1.ASN1String;
import org.bouncycastle.asn1.ASN1UTF8String;
import org.bouncycastle.asn1.x500.AttributeTypeAndValue;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;

/** Subjects and alternative names: what they show is what they say. */
record NameRules(Findings findings) {
  private static final String LABEL = "[A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?";
  private static final Pattern HOST = Pattern.compile("(\\*\\.)?(" + LABEL + "\\.)*" + LABEL);
  private static final Pattern PRINTABLE = Pattern.compile("[A-Za-z0-9 '()+,./:=?-]*");
  private static final Pattern MAILBOX =
      Pattern.compile("[!-?A-~]{1,64}@(" + LABEL + "\\.)*" + LABEL);

  void check(Certificate certificate) {
    var holder = certificate.holder();
    check(holder.getSubject());
    var names = certificate.value(Extension.subjectAlternativeName, GeneralNames::getInstance);
    findings.require(
        !certificate.emptySubject() || certificate.critical(Extension.subjectAlternativeName),
        SUBJECT_EMPTY,
        "subject is empty and no critical alternative name stands for it");
    findings.require(
        certificate.emptySubject() || !certificate.critical(Extension.subjectAlternativeName),
        SAN_CRITICAL,
        "alternative names are critical beside a subject");
    check(names);
  }

  void check(Optional<GeneralNames> names) {
    findings.require(
        names.isEmpty() || names.get().getNames().length > 0,
        SAN_EMPTY,
        "the list of alternative names is empty");
    if (names.isPresent()) {
      for (GeneralName name : names.get().getNames()) {
        check(name);
      }
    }
  }

  void check(X500Name name) {
    for (var part : name.getRDNs()) {
      for (AttributeTypeAndValue attribute : part.getTypesAndValues()) {
        check(attribute);
      }
    }
  }

  private void check(AttributeTypeAndValue attribute) {
    ASN1Encodable value = attribute.getValue();
    boolean ascii =
        attribute.getType().equals(BCStyle.EmailAddress) || attribute.getType().equals(BCStyle.DC);
    findings.require(
        value instanceof ASN1UTF8String
            || value instanceof ASN1PrintableString
            || (ascii && value instanceof ASN1IA5String),
        NAME_ENCODING,
        "an attribute is neither UTF8String nor PrintableString");
    if (value instanceof ASN1String text) {
      checkText(text.getString());
      findings.require(
          !(value instanceof ASN1PrintableString) || PRINTABLE.matcher(text.getString()).matches(),
          NAME_TEXT,
          "a PrintableString holds other characters than it may");
    }
    if (value instanceof ASN1UTF8String text) {
      findings.require(wellFormed(text), NAME_TEXT, "a name is not UTF-8");
    }
  }

  private static boolean wellFormed(ASN1UTF8String text) {
    try {
      byte[] encoded = text.getEncoded("DER");
      int content = encoded.length - contentLength(encoded);
      StandardCharsets.UTF_8
          .newDecoder()
          .decode(ByteBuffer.wrap(encoded, content, encoded.length - content));
      return true;
    } catch (CharacterCodingException e) {
      return false;
    } catch (java.io.IOException e) {
      throw new IllegalStateException("a parsed string encodes", e);
    }
  }

  /** Of one DER element in the library's own encoding. */
  private static int contentLength(byte[] encoded) {
    int first = encoded[1] & 0xff;
    if (first < 0x80) {
      return first;
    }
    int length = 0;
    for (int i = 0; i < (first & 0x7f); i++) {
      length = length << 8 | (encoded[2 + i] & 0xff);
    }
    return length;
  }

  private void checkText(String text) {
    findings.require(
        text.codePoints().noneMatch(NameRules::hidden),
        NAME_TEXT,
        "a name holds a control or direction character");
  }

  /** Control, format (such as U+202E) and unassigned code points, and lone surrogates. */
  private static boolean hidden(int point) {
    return switch (Character.getType(point)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          true;
      default -> false;
    };
  }

  private void check(GeneralName name) {
    switch (name.getTagNo()) {
      case GeneralName.directoryName -> check(X500Name.getInstance(name.getName()));
      case GeneralName.dNSName -> form(HOST.matcher(text(name)).matches(), "host '%s'", name);
      case GeneralName.rfc822Name ->
          form(MAILBOX.matcher(text(name)).matches(), "mailbox '%s'", name);
      case GeneralName.uniformResourceIdentifier -> form(isUri(text(name)), "URI '%s'", name);
      case GeneralName.iPAddress -> {
        int size = ASN1OctetString.getInstance(name.getName()).getOctetsLength();
        findings.require(
            size == 4 || size == 16, SAN_FORM, "an address has %d bytes".formatted(size));
      }
      default -> {
        return;
      }
    }
  }

  private void form(boolean fits, String what, GeneralName name) {
    checkText(text(name));
    if (!fits) {
      findings.add(SAN_FORM, what.formatted(printable(text(name))) + " is malformed");
    }
  }

  private static String printable(String text) {
    return text.replaceAll("[^ -~]", "?");
  }

  private static String text(GeneralName name) {
    return ((ASN1String) name.getName()).getString();
  }

  static boolean isUri(String text) {
    try {
      return new URI(text).isAbsolute() && text.chars().allMatch(c -> c > ' ' && c <= '~');
    } catch (URISyntaxException e) {
      return false;
    }
  }
}
