// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.enrol;

import dev.trustme.attest.EnrolmentRecord;
import dev.trustme.trust.Check;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1Sequence;
import org.bouncycastle.asn1.ASN1Set;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.IETFUtils;
import org.bouncycastle.asn1.x509.Attribute;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.SubjectDirectoryAttributes;
import org.bouncycastle.cert.X509CertificateHolder;

/**
 * What an endorsement key's certificate says of its TPM: manufacturer, model and version in the
 * subject alternative name, for example {@code id:00001014}, {@code swtpm}, {@code id:20191023},
 * and the specification in the subject directory attributes. TCG EK Credential Profile 2.5, 3.2.9
 * and 3.2.10.
 */
record EndorsementCertificate(X509CertificateHolder certificate) {
  private static final ASN1ObjectIdentifier MANUFACTURER = oid("2.23.133.2.1");
  private static final ASN1ObjectIdentifier MODEL = oid("2.23.133.2.2");
  private static final ASN1ObjectIdentifier VERSION = oid("2.23.133.2.3");

  /** SEQUENCE { family UTF8String, level INTEGER, revision INTEGER }. */
  private static final ASN1ObjectIdentifier SPECIFICATION = oid("2.23.133.2.16");

  private static final String FAMILY = "2.0";

  private static ASN1ObjectIdentifier oid(String dotted) {
    return new ASN1ObjectIdentifier(dotted);
  }

  List<Check> checks() {
    return List.of(names(), specification());
  }

  private Check names() {
    String expected = "id: and 8 hex digits, a model, id: and a version in hex digits";
    var tpm = tpm();
    if (tpm.isEmpty()) {
      return Check.fail("ek-tpm", expected, "not in the certificate");
    }
    var names = tpm.get();
    boolean fits =
        names.manufacturer().matches("id:[0-9A-Fa-f]{8}")
            && names.version().matches("id:[0-9A-Fa-f]{1,32}")
            && names.model().matches("[\\x20-\\x7e]{1,64}");
    String seen = "%s %s %s".formatted(names.manufacturer(), names.model(), names.version());
    return fits ? Check.pass("ek-tpm", seen) : Check.fail("ek-tpm", expected, seen);
  }

  /** The attributes may be absent; where they are, they say 2.0. */
  private Check specification() {
    try {
      var families = families();
      String seen = families.isEmpty() ? "not said" : String.join(", ", families);
      return families.stream().allMatch(FAMILY::equals)
          ? Check.pass("ek-specification", seen)
          : Check.fail("ek-specification", FAMILY, seen);
    } catch (IllegalArgumentException | IllegalStateException e) {
      return Check.fail("ek-specification", FAMILY, "unreadable attributes");
    }
  }

  private List<String> families() {
    var extensions = certificate.getExtensions();
    var value =
        extensions == null
            ? null
            : extensions.getExtensionParsedValue(Extension.subjectDirectoryAttributes);
    if (value == null) {
      return List.of();
    }
    Collection<?> attributes = SubjectDirectoryAttributes.getInstance(value).getAttributes();
    return attributes.stream()
        .map(Attribute::getInstance)
        .filter(a -> a.getAttrType().equals(SPECIFICATION))
        .flatMap(a -> values(a.getAttrValues()))
        .map(v -> family(ASN1Sequence.getInstance(v)))
        .toList();
  }

  private static Stream<ASN1Encodable> values(ASN1Set set) {
    return Arrays.stream(set.toArray());
  }

  private static String family(ASN1Sequence specification) {
    if (specification.size() == 0) {
      throw new IllegalArgumentException("an empty TPMSpecification");
    }
    return IETFUtils.valueToString(specification.getObjectAt(0));
  }

  /** The names, if the certificate has all three, in one directory name. */
  Optional<EnrolmentRecord.Tpm> tpm() {
    try {
      var extensions = certificate.getExtensions();
      var names =
          extensions == null
              ? null
              : GeneralNames.fromExtensions(extensions, Extension.subjectAlternativeName);
      if (names == null) {
        return Optional.empty();
      }
      return Arrays.stream(names.getNames())
          .filter(n -> n.getTagNo() == GeneralName.directoryName)
          .map(n -> X500Name.getInstance(n.getName()))
          .flatMap(n -> read(n).stream())
          .findFirst();
    } catch (IllegalArgumentException e) {
      return Optional.empty(); // The library's way to say that a name is broken.
    }
  }

  private static Optional<EnrolmentRecord.Tpm> read(X500Name name) {
    var manufacturer = value(name, MANUFACTURER);
    var model = value(name, MODEL);
    var version = value(name, VERSION);
    return manufacturer.isEmpty() || model.isEmpty() || version.isEmpty()
        ? Optional.empty()
        : Optional.of(new EnrolmentRecord.Tpm(manufacturer.get(), model.get(), version.get()));
  }

  private static Optional<String> value(X500Name name, ASN1ObjectIdentifier type) {
    return Arrays.stream(name.getRDNs(type))
        .flatMap(rdn -> Arrays.stream(rdn.getTypesAndValues()))
        .filter(attribute -> attribute.getType().equals(type))
        .map(attribute -> IETFUtils.valueToString(attribute.getValue()))
        .findFirst();
  }

  /** The names as an alternative name of another certificate. TCG AK profile: EK Profile 2.5, 4. */
  static GeneralName alternativeName(EnrolmentRecord.Tpm tpm) {
    return new GeneralName(
        new X500NameBuilder()
            .addRDN(MANUFACTURER, tpm.manufacturer())
            .addRDN(MODEL, tpm.model())
            .addRDN(VERSION, tpm.version())
            .build());
  }
}
