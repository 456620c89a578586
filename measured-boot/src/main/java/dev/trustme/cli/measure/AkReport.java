// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.measure;

import dev.trustme.bytes.Bytes;
import dev.trustme.tpm.TpmPublicKey;
import dev.trustme.tpm.TpmtPublic;
import dev.trustme.tss.TpmObject;
import java.io.IOException;
import java.security.GeneralSecurityException;

/** What is said of a key: its names, what it is and what it may do. */
record AkReport(
    String schema,
    String name,
    String qualifiedName,
    String algorithm,
    String scheme,
    String hash,
    String attributes,
    boolean restricted,
    Bytes publicArea,
    String pem) {

  static AkReport of(TpmObject object) throws IOException, GeneralSecurityException {
    var info = object.readPublic();
    TpmtPublic key = object.key();
    var scheme = key.key().scheme();
    return new AkReport(
        "trustme/attestation-key/1",
        info.name().encode().hex(),
        info.qualifiedName().encode().hex(),
        switch (key.key()) {
          case TpmtPublic.Rsa rsa -> "rsa" + rsa.keyBits();
          case TpmtPublic.Ecc ecc -> ecc.curveId().standardName();
        },
        scheme.scheme().name(),
        scheme.hash().map(h -> h.label()).orElse(""),
        key.objectAttributes().toString(),
        key.objectAttributes().restricted() && key.objectAttributes().signEncrypt(),
        key.encodeTpm2b(),
        TpmPublicKey.pem(key).utf8());
  }

  String text() {
    return """
    name            %s
    qualified name  %s
    key             %s, %s %s
    attributes      %s%s
    """
        .formatted(
            name,
            qualifiedName,
            algorithm,
            scheme,
            hash,
            attributes,
            restricted ? "  restricted: signs only what the TPM says" : "  NOT restricted");
  }
}
