// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.enrol;

import java.util.Arrays;
import java.util.Optional;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.style.IETFUtils;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.X509CertificateHolder;

/**
 * Who made a TPM, from the subject alternative name of its endorsement key's certificate, for
 * example {@code id:00001014}, {@code swtpm}, {@code id:20191023}. TCG EK Credential Profile 2.5,
 * 3.1.2 (tcg-at-tpmManufacturer, -tpmModel, -tpmVersion).
 */
public record TpmMaker(String manufacturer, String model, String version) {
  private static final ASN1ObjectIdentifier MANUFACTURER = new ASN1ObjectIdentifier("2.23.133.2.1");
  private static final ASN1ObjectIdentifier MODEL = new ASN1ObjectIdentifier("2.23.133.2.2");
  private static final ASN1ObjectIdentifier VERSION = new ASN1ObjectIdentifier("2.23.133.2.3");

  /** Empty where the certificate does not name all three. */
  static Optional<TpmMaker> of(X509CertificateHolder certificate) {
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

  private static Optional<TpmMaker> read(X500Name name) {
    var manufacturer = value(name, MANUFACTURER);
    var model = value(name, MODEL);
    var version = value(name, VERSION);
    return manufacturer.isEmpty() || model.isEmpty() || version.isEmpty()
        ? Optional.empty()
        : Optional.of(new TpmMaker(manufacturer.get(), model.get(), version.get()));
  }

  private static Optional<String> value(X500Name name, ASN1ObjectIdentifier type) {
    return Arrays.stream(name.getRDNs(type))
        .flatMap(rdn -> Arrays.stream(rdn.getTypesAndValues()))
        .filter(attribute -> attribute.getType().equals(type))
        .map(attribute -> IETFUtils.valueToString(attribute.getValue()))
        .findFirst();
  }
}
