// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.verify;

import dev.trustme.artifact.GuestConfiguration;
import dev.trustme.artifact.GuestImages;
import dev.trustme.artifact.GuestSignature;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.cli.CommandFailure;
import dev.trustme.files.Inputs;
import dev.trustme.trust.CertificateRules;
import dev.trustme.trust.Certificates;
import dev.trustme.trust.Check;
import dev.trustme.trust.PathPolicy;
import dev.trustme.trust.PathValidator;
import dev.trustme.trust.Role;
import dev.trustme.trust.TrustedSigner;
import dev.trustme.trust.Verdict;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Option;

/** A GyroidOS device that loads a guest's configuration: FILE.conf, .sig and .cert beside it. */
final class GyroidosConsumer implements Consumer {
  private static final String CONF = ".conf";
  private static final long MAX_SIGNATURE = 1 << 10;

  @Option(
      names = "--wider-keys",
      description =
          "gyroidos: take signers without an extended key usage too, as GyroidOS' own are; with a"
              + " warning.")
  private boolean widerKeys;

  @Option(
      names = "--images",
      paramLabel = "DIR",
      description = "gyroidos: hold the images in this folder against the configuration too.")
  private Optional<Path> images = Optional.empty();

  @Override
  public String takes() {
    return "would be loaded by this device";
  }

  @Override
  public String refuses() {
    return "would not be loaded by this device";
  }

  @Override
  public Judge judge(ArtifactTrust trust) throws IOException, FormatException {
    var validator = new PathValidator(trust.roots("gyroidos"), trust.now());
    var policy = PathPolicy.of(Role.GUEST_OS);
    var rules = widerKeys ? policy.with(CertificateRules.WIDER_KEYS) : policy;
    return file -> judge(file, validator, rules);
  }

  private Verdict<?> judge(Path file, PathValidator validator, PathPolicy policy)
      throws IOException, FormatException {
    String name = String.valueOf(file.getFileName());
    if (!name.endsWith(CONF)) {
      throw CommandFailure.usage(
          file + ": --as gyroidos takes FILE.conf, and .sig and .cert of it");
    }
    String stem = name.substring(0, name.length() - CONF.length());
    var configuration = Inputs.parse(file, GuestConfiguration::parse);
    var chain = Inputs.parse(file.resolveSibling(stem + ".cert"), Certificates::parse);
    Bytes signature = Inputs.read(file.resolveSibling(stem + ".sig"), MAX_SIGNATURE);
    var verdict = GuestSignature.verify(configuration, signature, chain, validator, policy);
    return images.isEmpty() ? verdict : withImages(verdict, configuration, images.get());
  }

  private static Verdict<?> withImages(
      Verdict<TrustedSigner> verdict, GuestConfiguration configuration, Path folder)
      throws IOException, FormatException {
    List<Check> checks = new ArrayList<>(verdict.checks());
    checks.addAll(new GuestImages(folder).check(configuration));
    return switch (verdict) {
      case Verdict.Accepted<TrustedSigner> accepted -> Verdict.of(checks, accepted::value);
      case Verdict.Rejected<TrustedSigner> rejected -> new Verdict.Rejected<>(checks);
    };
  }
}
