// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.trust;

import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.bouncycastle.asn1.x500.RDN;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x500.style.IETFUtils;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.Extensions;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.GeneralSubtree;
import org.bouncycastle.asn1.x509.NameConstraints;
import org.bouncycastle.cert.X509CertificateHolder;
import org.jspecify.annotations.Nullable;

/**
 * Name constraints, RFC 5280, 4.2.1.10: what names an authority, the anchor included, allows below
 * it. Each authority's constraints count on their own, which is the same as intersecting what is
 * permitted and uniting what is excluded. A wildcard stands for every name that it may match, and a
 * name of a kind that constraints speak of but this class does not know is refused.
 */
final class NameSpace {
  /** Subtrees times names of one path. */
  private static final int MAX_COMPARISONS = 1 << 16;

  private final List<GeneralName> permitted;
  private final List<GeneralName> excluded;

  private NameSpace(List<GeneralName> permitted, List<GeneralName> excluded) {
    this.permitted = permitted;
    this.excluded = excluded;
  }

  /** What holds of every certificate of the path; leaf first, anchor last. */
  static Check check(List<X509CertificateHolder> path) {
    int comparisons = 0;
    for (int above = path.size() - 1; above > 0; above--) {
      var space = of(path.get(above));
      if (space.isEmpty()) {
        continue;
      }
      for (int below = above - 1; below >= 0; below--) {
        var certificate = path.get(below);
        if (below > 0 && CandidatePath.selfIssued(certificate)) {
          continue;
        }
        var names = names(certificate);
        comparisons += space.get().size() * names.size();
        if (comparisons > MAX_COMPARISONS) {
          return Check.fail(
              "certificate-names",
              "at most %d comparisons of names".formatted(MAX_COMPARISONS),
              "more");
        }
        var offender = names.stream().filter(n -> !space.get().admits(n)).findFirst();
        if (offender.isPresent()) {
          return Check.fail(
              "certificate-names",
              "names that %s allows".formatted(path.get(above).getSubject()),
              offender.get().toString());
        }
      }
    }
    return Check.pass("certificate-names", "within all constraints");
  }

  private static Optional<NameSpace> of(X509CertificateHolder authority) {
    var extensions = authority.getExtensions();
    var constraints = extensions == null ? null : constraints(extensions);
    return constraints == null
        ? Optional.empty()
        : Optional.of(
            new NameSpace(
                bases(constraints.getPermittedSubtrees()),
                bases(constraints.getExcludedSubtrees())));
  }

  /** The extension, which may be broken: then the library throws. */
  static @Nullable NameConstraints constraints(@Nullable Extensions extensions) {
    return NameConstraints.getInstance(
        Extensions.getExtensionParsedValue(extensions, Extension.nameConstraints));
  }

  private static List<GeneralName> bases(GeneralSubtree @Nullable [] trees) {
    List<GeneralName> bases = new ArrayList<>();
    if (trees != null) {
      for (var tree : trees) {
        bases.add(tree.getBase());
      }
    }
    return bases;
  }

  /**
   * Subject, alternative names, and a subject's e-mail address where no alternative name is one.
   */
  static List<GeneralName> names(X509CertificateHolder certificate) {
    List<GeneralName> names = new ArrayList<>();
    var extensions = certificate.getExtensions();
    var alternative =
        extensions == null
            ? null
            : GeneralNames.fromExtensions(extensions, Extension.subjectAlternativeName);
    if (alternative != null) {
      names.addAll(List.of(alternative.getNames()));
    }
    boolean mail = names.stream().anyMatch(n -> n.getTagNo() == GeneralName.rfc822Name);
    var subject = certificate.getSubject();
    if (subject.getRDNs().length > 0) {
      names.add(new GeneralName(subject));
    }
    if (!mail) {
      for (RDN address : subject.getRDNs(BCStyle.EmailAddress)) {
        for (var attribute : address.getTypesAndValues()) {
          if (attribute.getType().equals(BCStyle.EmailAddress)) {
            names.add(
                new GeneralName(
                    GeneralName.rfc822Name, IETFUtils.valueToString(attribute.getValue())));
          }
        }
      }
    }
    return names;
  }

  private int size() {
    return permitted.size() + excluded.size();
  }

  private boolean admits(GeneralName name) {
    var allowed = permitted.stream().filter(b -> b.getTagNo() == name.getTagNo()).toList();
    return (allowed.isEmpty() || allowed.stream().anyMatch(base -> within(name, base, false)))
        && excluded.stream()
            .filter(base -> base.getTagNo() == name.getTagNo())
            .noneMatch(base -> within(name, base, true));
  }

  /** {@code ifUnsure}: what to say of a name that cannot be compared. */
  private static boolean within(GeneralName name, GeneralName base, boolean ifUnsure) {
    return switch (name.getTagNo()) {
      case GeneralName.dNSName -> host(lower(name), lower(base), ifUnsure);
      case GeneralName.rfc822Name -> mailbox(NameForm.text(name), NameForm.text(base));
      case GeneralName.uniformResourceIdentifier ->
          authority(NameForm.text(name)).map(host -> domain(host, lower(base))).orElse(ifUnsure);
      case GeneralName.iPAddress -> address(NameForm.octets(name), NameForm.octets(base));
      case GeneralName.directoryName ->
          directory(X500Name.getInstance(name.getName()), X500Name.getInstance(base.getName()));
      default -> ifUnsure;
    };
  }

  private static String lower(GeneralName name) {
    return NameForm.text(name).toLowerCase(Locale.ROOT);
  }

  /** A wildcard is inside only if all it stands for is, and may be inside if any of it is. */
  private static boolean host(String name, String base, boolean ifUnsure) {
    boolean wildcard = name.startsWith("*.");
    String plain = wildcard ? name.substring(2) : name;
    return base.isEmpty()
        || plain.equals(base)
        || plain.endsWith("." + base)
        || (wildcard && ifUnsure && base.endsWith("." + plain));
  }

  private static boolean mailbox(String name, String base) {
    int at = name.lastIndexOf('@');
    String host = name.substring(at + 1).toLowerCase(Locale.ROOT);
    int baseAt = base.lastIndexOf('@');
    String baseHost = base.substring(baseAt + 1).toLowerCase(Locale.ROOT);
    return baseAt < 0
        ? domain(host, baseHost)
        : host.equals(baseHost) && name.substring(0, at).equals(base.substring(0, baseAt));
  }

  /** Exactly the host, or with a leading period everything below it. */
  private static boolean domain(String host, String base) {
    return base.startsWith(".") ? host.endsWith(base) : host.equals(base);
  }

  /** The host name of a URI; one without cannot be compared, RFC 5280, 4.2.1.10. */
  private static Optional<String> authority(String uri) {
    try {
      return Optional.ofNullable(URI.create(uri).getHost())
          .map(host -> host.toLowerCase(Locale.ROOT))
          .filter(NameForm::host);
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private static boolean address(byte[] address, byte[] range) {
    if (range.length != 2 * address.length) {
      return false;
    }
    for (int i = 0; i < address.length; i++) {
      int mask = range[address.length + i];
      if ((address[i] & mask) != (range[i] & mask)) {
        return false;
      }
    }
    return true;
  }

  private static boolean directory(X500Name name, X500Name base) {
    RDN[] whole = name.getRDNs();
    RDN[] start = base.getRDNs();
    if (start.length > whole.length) {
      return false;
    }
    for (int i = 0; i < start.length; i++) {
      if (!IETFUtils.rDNAreEqual(whole[i], start[i])) {
        return false;
      }
    }
    return true;
  }
}
