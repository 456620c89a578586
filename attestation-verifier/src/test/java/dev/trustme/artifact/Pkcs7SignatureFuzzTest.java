// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.artifact;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import org.bouncycastle.asn1.cms.CMSAttributes;

class Pkcs7SignatureFuzzTest {
  @FuzzTest
  void parse(byte[] input) {
    try {
      var signature = Pkcs7Signature.parse(Bytes.copyOf(input));
      signature.attribute(CMSAttributes.messageDigest);
      signature.signerName();
      if (signature.hasAttributes()) {
        signature.signedAttributes();
      }
    } catch (FormatException e) {
      // The only exception that may come out.
      return;
    }
  }
}
