// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.vectors.make;

import dev.trustme.bytes.FormatException;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;

/** Writes all families anew: {@code MakeVectors testvectors/vectors [DEMO-RUN]}. */
public final class MakeVectors {
  private MakeVectors() {}

  public static void main(String... args)
      throws IOException, GeneralSecurityException, FormatException {
    Path root = Path.of(args[0]);
    X509Vectors.make(root);
    new DsseVectors(root).make();
    new ReleaseVectors(root).make();
    new SigListVectors(root).make();
    new AuthVarVectors(root).make();
    new CsrVectors(root).make();
    new VerityVectors(root).make();
    EnrolVectors.make(root);
    EventLogVectors.make(root);
    AttackVectors.make(root);
    GyroidosVectors.make(root);
    CredentialVectors.make(root);
    new AuthenticodeVectors(root).make();
    new ModuleVectors(root).make();
    new ImaSigVectors(root).make();
    new GuestVectors(root).make();
    new ImaVectors(root).make();
    new CelVectors(root).make();
    new AuditVectors(root).make();
    new OciVectors(root).make();
    new ContainerVectors(root).make();
    new ImageVectors(root).make();
    new FsVerityVectors(root).make();
    new AirGapVectors(root).make();
    if (args.length > 1) {
      var demo = new DemoVectors(root, Path.of(args[1]));
      demo.evidence();
    }
  }
}
