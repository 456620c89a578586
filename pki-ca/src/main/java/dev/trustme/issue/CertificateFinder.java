// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.issue;

import dev.trustme.bytes.FormatException;
import dev.trustme.files.Inputs;
import dev.trustme.trust.Certificates;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.bouncycastle.cert.X509CertificateHolder;

/** Finds a certificate of a folder by what people call it. */
public final class CertificateFinder {
  private static final Pattern SERIAL = Pattern.compile("serial:([0-9A-Fa-f:]{1,60})");
  private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9-]*");
  private static final int MAX_BYTES = 1 << 20;

  private final PkiFolder folder;

  private CertificateFinder(PkiFolder folder) {
    this.folder = folder;
  }

  public static CertificateFinder in(PkiFolder folder) {
    return new CertificateFinder(folder);
  }

  /**
   * The certificate of a role, authority or generation of one, with {@code serial:HEX} that serial
   * number, or the first of a file.
   *
   * @throws GeneralSecurityException where the folder never issued such a serial number, or more
   *     than one of its authorities did
   */
  public X509CertificateHolder find(String name)
      throws IOException, FormatException, GeneralSecurityException {
    var serial = SERIAL.matcher(name);
    if (serial.matches()) {
      return bySerial(new BigInteger(serial.group(1).replace(":", ""), 16));
    }
    if (NAME.matcher(name).matches()) {
      String present = present(name);
      if (folder.file(present).isPresent()) {
        return folder.certificates(present).getFirst();
      }
    }
    return ofFile(name);
  }

  /** The file of the place's present certificate; of a name that is no place, that name's own. */
  private String present(String name) {
    var index = folder.index();
    var authority = index.authorities().get(name);
    if (authority != null) {
      return authority.certificate();
    }
    var role = index.roles().get(name);
    if (role != null) {
      return role.chain();
    }
    for (var responder : index.responders().entrySet()) {
      if (PkiIndex.responder(responder.getKey()).equals(name)) {
        return responder.getValue().certificate();
      }
    }
    return PkiFolder.certificateFile(name);
  }

  private X509CertificateHolder ofFile(String name) throws IOException, FormatException {
    Path file = Path.of(name);
    if (!Files.exists(file)) {
      throw new IOException(
          "%s: neither a file nor a role or authority of %s; a serial number is written serial:HEX"
              .formatted(name, folder.path()));
    }
    try {
      return Certificates.parse(Inputs.read(file, MAX_BYTES)).getFirst();
    } catch (FormatException e) {
      throw e.in(name);
    }
  }

  private X509CertificateHolder bySerial(BigInteger serial)
      throws IOException, FormatException, GeneralSecurityException {
    List<X509CertificateHolder> found = new ArrayList<>();
    folder
        .issued()
        .forEach(certificate -> {
          if (certificate.getSerialNumber().equals(serial)) {
            found.add(certificate);
          }
        });
    if (found.size() != 1) {
      throw new GeneralSecurityException(
          "serial number %s: %s certificates of %s have it"
              .formatted(
                  serial.toString(16), found.isEmpty() ? "no" : found.size(), folder.path()));
    }
    return found.getFirst();
  }
}
