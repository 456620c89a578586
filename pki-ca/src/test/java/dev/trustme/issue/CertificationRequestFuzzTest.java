// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.issue;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.trustme.bytes.Bytes;
import dev.trustme.key.KeyType;
import dev.trustme.profile.NameKind;
import dev.trustme.testing.HostileBytes;
import dev.trustme.trust.Verdict;
import java.util.List;
import java.util.Set;
import org.bouncycastle.asn1.x509.KeyUsage;

/** Whatever is sent as a request: malformed or judged, and what is approved keeps the rules. */
class CertificationRequestFuzzTest {
  @FuzzTest
  void parse(byte[] input) {
    HostileBytes.check(
        input,
        bytes -> {
          var request = CertificationRequest.parse(bytes);
          assertEquals(request.der(), CertificationRequest.parse(request.der()).der());
          assertEquals(request.der(), CertificationRequest.parse(Bytes.utf8(request.pem())).der());
          for (boolean dropping : new boolean[] {false, true}) {
            judge(request, dropping);
          }
        });
  }

  private static void judge(CertificationRequest request, boolean dropping) {
    var rules =
        new CsrRules(
            List.of(KeyType.values()),
            List.of(NameKind.values()),
            Set.of(),
            KeyUsage.digitalSignature,
            false,
            dropping);
    if (new CsrVerifier(rules).verify(request)
        instanceof Verdict.Accepted<ApprovedRequest> accepted) {
      var approved = accepted.value();
      assertEquals(true, CsrVerifier.printable(approved.commonName().orElseThrow()));
      for (var name : approved.names()) {
        assertEquals(true, CsrNames.wellFormed(name, CsrNames.kind(name).orElseThrow()));
      }
    }
  }
}
