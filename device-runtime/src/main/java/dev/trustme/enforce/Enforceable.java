// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.enforce;

import dev.trustme.artifact.ContainerManifest;
import dev.trustme.artifact.Isolation;
import dev.trustme.artifact.Isolation.Namespace;
import dev.trustme.artifact.LaunchDescription;
import dev.trustme.artifact.LaunchDescription.MountType;
import dev.trustme.artifact.Network;
import dev.trustme.trust.Check;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;

/**
 * What a manifest asks for that this runtime cannot give or keep. Each such wish is a failed check:
 * a container never runs with less isolation, or for somebody else, than its signer wrote.
 */
final class Enforceable {
  private static final String ADVICE = "run it on a device that can, or sign it without this wish";

  private Enforceable() {}

  /** Empty where all of it can be enforced. */
  static List<Check> missing(ContainerManifest manifest) {
    List<Check> missing = new ArrayList<>();
    manifest
        .targets()
        .ifPresent(
            t -> missing.add(fail("target-devices", "no choice of devices", "a list of devices")));
    manifest
        .secondFactor()
        .ifPresent(f -> missing.add(fail("second-factor", "none", f.toString())));
    launch(manifest.launch(), missing);
    manifest.launch().isolation().ifPresent(isolation -> isolation(isolation, missing));
    return missing;
  }

  private static void launch(LaunchDescription launch, List<Check> missing) {
    if (!launch.network().equals(Network.NONE)) {
      missing.add(fail("launch-network", "none", launch.network().toString()));
    }
    launch.mounts().stream()
        .filter(mount -> mount.type() == MountType.VOLUME)
        .forEach(mount -> missing.add(fail("launch-mounts", "tmpfs", "volume " + mount.target())));
  }

  private static void isolation(Isolation isolation, List<Check> missing) {
    isolation
        .devices()
        .ifPresent(all -> missing.add(fail("launch-devices", "none", all.getFirst().path())));
    isolation
        .usb()
        .map(List::getFirst)
        .ifPresent(
            usb -> missing.add(fail("launch-usb", "none", usb.vendor() + ":" + usb.product())));
    isolation
        .namespaces()
        .filter(own -> !new HashSet<>(own).equals(Isolation.DEFAULT_NAMESPACES))
        .ifPresent(own -> missing.add(fail("launch-namespaces", "all but time", names(own))));
    isolation.selinux().ifPresent(label -> missing.add(fail("launch-selinux", "none", label)));
  }

  private static String names(List<Namespace> namespaces) {
    return String.join(", ", namespaces.stream().map(Enum::toString).toList());
  }

  private static Check fail(String id, String possible, String wanted) {
    return Check.fail(id, possible, wanted).advise(ADVICE);
  }
}
