// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.issue;

import dev.trustme.key.KeyType;
import dev.trustme.profile.NameKind;
import dev.trustme.trust.Check;
import dev.trustme.trust.Verdict;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1IA5String;
import org.bouncycastle.asn1.ASN1PrintableString;
import org.bouncycastle.asn1.ASN1String;
import org.bouncycastle.asn1.ASN1UTF8String;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;

/**
 * Whether a request may become a certificate: its key is strong, of an allowed type and in the
 * sender's hands; it asks for nothing that the rules do not grant; its names are of allowed kinds
 * and well formed. All checks run; ids are stable (docs/formats.md).
 */
public final class CsrVerifier {
  private static final int MAX_NAMES = 32;
  private static final int MAX_COMMON_NAME = 64;

  private final CsrRules rules;

  public CsrVerifier(CsrRules rules) {
    this.rules = rules;
  }

  CsrRules rules() {
    return rules;
  }

  public Verdict<ApprovedRequest> verify(CertificationRequest request) {
    List<Check> checks = new ArrayList<>();
    checks.add(WeakKeys.check(request.publicKey()));
    checks.add(keyType(request));
    checks.add(ProofOfPossession.check(request));
    var extensions = new CsrExtensions(request, rules);
    checks.addAll(extensions.checks());
    List<GeneralName> names = names(request);
    List<GeneralName> copied = new ArrayList<>();
    List<String> dropped = new ArrayList<>(extensions.dropped());
    for (GeneralName name : names) {
      var check = name(name);
      if (!check.failed()) {
        copied.add(name);
      } else if (rules.dropExtras() && check.id().equals("csr-name-kind")) {
        dropped.add(check.seen());
        continue;
      }
      checks.add(check);
    }
    checks.add(count(names, copied));
    checks.addAll(subject(request));
    return Verdict.of(
        checks,
        () ->
            new ApprovedRequest(
                request.publicKey(),
                rules.authority() ? Optional.empty() : Optional.of(commonNames(request).getFirst()),
                copied.stream().distinct().toList(),
                dropped));
  }

  private Check keyType(CertificationRequest request) {
    var type = KeyType.of(request.publicKey());
    return type.filter(rules.keys()::contains).isPresent()
        ? Check.pass("csr-key-type", type.get().label())
        : Check.fail(
            "csr-key-type",
            rules.keys().stream().map(KeyType::label).collect(Collectors.joining(", ")),
            type.map(KeyType::label)
                .orElse("algorithm " + request.publicKey().getAlgorithm().getAlgorithm()));
  }

  private static List<GeneralName> names(CertificationRequest request) {
    var extension = request.extensions().get(Extension.subjectAlternativeName);
    return extension == null
        ? List.of()
        : List.of(((GeneralNames) CsrExtensions.read(extension)).getNames());
  }

  private Check name(GeneralName name) {
    var kind = CsrNames.kind(name);
    if (kind.filter(rules.names()::contains).isEmpty()) {
      return Check.fail(
              "csr-name-kind",
              rules.names().isEmpty()
                  ? "no alternative names"
                  : rules.names().stream().map(NameKind::label).collect(Collectors.joining(", ")),
              CsrNames.words(name))
          .advise("leave the name out of the request, or drop it: --drop-extras");
    }
    return CsrNames.wellFormed(name, kind.get())
        ? Check.pass("csr-name", CsrNames.words(name))
        : Check.fail("csr-name", "a well-formed name", CsrNames.words(name));
  }

  private Check count(List<GeneralName> names, List<GeneralName> copied) {
    if (names.size() > MAX_NAMES) {
      return Check.fail(
          "csr-names", "up to %d names".formatted(MAX_NAMES), names.size() + " names");
    }
    return rules.names().isEmpty() || !names.isEmpty()
        ? Check.pass("csr-names", copied.size() + " names")
        : Check.fail(
            "csr-names",
            "a subject alternative name: "
                + rules.names().stream().map(NameKind::label).collect(Collectors.joining(", ")),
            "none");
  }

  /** The template builds the subject; the request brings one common name at most. */
  private List<Check> subject(CertificationRequest request) {
    if (rules.authority()) {
      return List.of();
    }
    List<String> found = commonNames(request);
    if (found.size() != 1) {
      return List.of(
          Check.fail("csr-subject", "one common name", "%d of them".formatted(found.size())));
    }
    return List.of(
        printable(found.getFirst())
            ? Check.pass("csr-common-name", found.getFirst())
            : Check.fail(
                "csr-common-name",
                "1 to %d printable characters".formatted(MAX_COMMON_NAME),
                found.getFirst().length() > MAX_COMMON_NAME
                    ? found.getFirst().length() + " characters"
                    : escaped(found.getFirst())));
  }

  private static List<String> commonNames(CertificationRequest request) {
    return Arrays.stream(request.subject().getRDNs())
        .flatMap(r -> Stream.of(r.getTypesAndValues()))
        .filter(a -> a.getType().equals(BCStyle.CN))
        .map(a -> text(a.getValue()))
        .toList();
  }

  /** The text of an encoding that means one thing only; others read as text that is refused. */
  private static String text(ASN1Encodable value) {
    return value instanceof ASN1UTF8String
            || value instanceof ASN1PrintableString
            || value instanceof ASN1IA5String
        ? ((ASN1String) value).getString()
        : "";
  }

  /** No control, format (also those that turn the writing direction) or unassigned characters. */
  static boolean printable(String text) {
    return !text.isBlank()
        && text.length() <= MAX_COMMON_NAME
        && text.codePoints().noneMatch(CsrVerifier::hidden);
  }

  private static boolean hidden(int character) {
    return switch (Character.getType(character)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.PRIVATE_USE,
          Character.UNASSIGNED,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          true;
      default -> false;
    };
  }

  private static String escaped(String text) {
    var out = new StringBuilder("'");
    text.codePoints()
        .forEach(c -> out.append(hidden(c) ? "\\u%04x".formatted(c) : Character.toString(c)));
    return out.append('\'').toString();
  }
}
