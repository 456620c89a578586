// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.verify;

import dev.trustme.artifact.SealedContainer;
import dev.trustme.artifact.SealedLayout;
import dev.trustme.bytes.FormatException;
import dev.trustme.cli.CommandFailure;
import dev.trustme.trust.ArtifactKind;
import dev.trustme.trust.PathPolicy;
import dev.trustme.trust.Scope;
import dev.trustme.trust.TrustStore;
import dev.trustme.trust.Verdict;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.Optional;
import picocli.CommandLine.Option;

/** A device that installs a sealed container, with these trust anchors. */
final class DeviceConsumer implements Consumer {
  @Option(
      names = "--customer",
      paramLabel = "NAME",
      description =
          "device, notation: whose container it is, by the scope of the signing authority; else the vendor's.")
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
    var policy = policy();
    Instant now = trust.now();
    return folder -> judge(folder, anchors, policy, now);
  }

  /** Who may sign containers and images. */
  PathPolicy policy() {
    if (customer.isPresent() && !Scope.isCustomer(customer.get())) {
      throw CommandFailure.usage("--customer: a name of a-z, 0-9, '.', '_' and '-'");
    }
    return ArtifactKind.CONTAINER_MANIFEST.policy(customer).orElseThrow();
  }

  private static Verdict<?> judge(Path folder, TrustStore anchors, PathPolicy policy, Instant now)
      throws IOException, FormatException {
    var layout = SealedLayout.open(folder);
    try (var channel = FileChannel.open(layout.image(), StandardOpenOption.READ)) {
      return SealedContainer.verify(layout.envelope(), channel, anchors, policy, now);
    } catch (FormatException e) {
      throw e.in(folder.toString());
    }
  }
}
