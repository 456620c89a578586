// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.verify;

import dev.trustme.artifact.ContainerManifest;
import dev.trustme.artifact.SealedContainer;
import dev.trustme.bytes.FormatException;
import dev.trustme.cli.CommandFailure;
import dev.trustme.files.Inputs;
import dev.trustme.trust.ArtifactKind;
import dev.trustme.trust.PathPolicy;
import dev.trustme.trust.Scope;
import dev.trustme.trust.TrustStore;
import dev.trustme.trust.Verdict;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.Optional;
import picocli.CommandLine.Option;

/** A device that installs a sealed container, with these trust anchors. */
final class DeviceConsumer implements Consumer {
  private static final long MAX_ENVELOPE = 4L << 20;

  @Option(
      names = "--customer",
      paramLabel = "NAME",
      description =
          "Whose container it is, by the scope of the signing authority; else the vendor's.")
  private Optional<String> customer = Optional.empty();

  @Override
  public String takes() {
    return "would be installed by this device";
  }

  @Override
  public String refuses() {
    return "would not be installed by this device";
  }

  @Override
  public Judge judge(ArtifactTrust trust) throws IOException, FormatException {
    var anchors = trust.roots("device");
    if (customer.isPresent() && !Scope.isCustomer(customer.get())) {
      throw CommandFailure.usage("--customer: a name of a-z, 0-9, '.', '_' and '-'");
    }
    var policy = ArtifactKind.CONTAINER_MANIFEST.policy(customer).orElseThrow();
    Instant now = trust.now();
    return folder -> judge(folder, anchors, policy, now);
  }

  private static Verdict<?> judge(Path folder, TrustStore anchors, PathPolicy policy, Instant now)
      throws IOException, FormatException {
    Path image = folder.resolve(ContainerManifest.IMAGE_FILE);
    if (!Files.isDirectory(folder)) {
      Inputs.requireReadable(folder);
      throw new FormatException("sealed container", 0, "is no folder").in(folder.toString());
    }
    Inputs.requireReadable(image);
    var envelope = Inputs.read(folder.resolve(ContainerManifest.MANIFEST_FILE), MAX_ENVELOPE);
    try (var channel = FileChannel.open(image, StandardOpenOption.READ)) {
      return SealedContainer.verify(envelope, channel, anchors, policy, now);
    } catch (FormatException e) {
      throw e.in(folder.toString());
    }
  }
}
