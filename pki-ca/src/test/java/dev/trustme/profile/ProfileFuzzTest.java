// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.profile;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.trust.Role;

class ProfileFuzzTest {
  @FuzzTest
  void parse(byte[] yaml) {
    try {
      var profile = Profile.parse(Bytes.copyOf(yaml));
      profile.role(Role.BOOT).ifPresent(r -> Use.purposes(r.use()));
    } catch (FormatException e) {
      return;
    }
  }
}
