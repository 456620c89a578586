// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.enrol;

import dev.trustme.artifact.DsseEnvelope;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.Digest;
import dev.trustme.bytes.FormatException;
import dev.trustme.evidence.DeviceId;
import dev.trustme.issue.PkiFolder;
import dev.trustme.issue.PkiTransaction;
import dev.trustme.json.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The folder {@code devices} of a PKI folder. A device is found by its UUID and by its endorsement
 * key in one file each, however many there are:
 *
 * <pre>
 * devices/7c/7c9e1b00-….json           {@link RegisteredDevice}
 * devices/7c/7c9e1b00-….record.json    the signed record of its last enrolment
 * devices/ek/b5/b5c3….json             which devices had the endorsement key of this SHA-256
 * devices/pending/7c9e1b00-….json      {@link PendingEnrolment}, until it is answered
 * </pre>
 */
public final class DeviceRegister implements KnownDevices {
  private static final String FOLDER = "devices";
  private static final String RECORD = ".record.json";
  private static final String SUFFIX = ".json";

  private final PkiFolder pki;

  public DeviceRegister(PkiFolder pki) {
    this.pki = pki;
  }

  /** Which devices had an endorsement key, {@code trustme/registered-ek/1}. */
  record EndorsementIndex(String schema, List<DeviceId> devices) {
    static final String SCHEMA = "trustme/registered-ek/1";

    EndorsementIndex {
      devices = List.copyOf(devices);
      if (!schema.equals(SCHEMA) || devices.isEmpty()) {
        throw new IllegalArgumentException("expected schema " + SCHEMA + " and a device");
      }
    }

    static EndorsementIndex parse(Bytes json) throws FormatException {
      return Json.read(json, EndorsementIndex.class, "index of endorsement keys");
    }
  }

  @Override
  public Optional<RegisteredDevice> find(DeviceId device) throws IOException, FormatException {
    String name = deviceFile(device);
    var content = pki.file(name);
    if (content.isEmpty()) {
      return Optional.empty();
    }
    var found = parsed(name, content.get(), RegisteredDevice::parse);
    if (!found.device().equals(device)) {
      throw new FormatException("registered device", 0, "is of " + found.device()).in(name);
    }
    return Optional.of(found);
  }

  @Override
  public List<DeviceId> withEndorsementKey(Digest ek) throws IOException, FormatException {
    String name = endorsementFile(ek);
    var content = pki.file(name);
    return content.isEmpty()
        ? List.of()
        : parsed(name, content.get(), EndorsementIndex::parse).devices();
  }

  /** The challenge that the device has not answered yet. */
  public Optional<PendingEnrolment> pending(DeviceId device) throws IOException, FormatException {
    String name = pendingFile(device);
    var content = pki.file(name);
    return content.isEmpty()
        ? Optional.empty()
        : Optional.of(parsed(name, content.get(), PendingEnrolment::parse));
  }

  /** The signed record of the device's last enrolment. */
  public Optional<DsseEnvelope> record(DeviceId device) throws IOException, FormatException {
    String name = recordFile(device);
    var content = pki.file(name);
    return content.isEmpty()
        ? Optional.empty()
        : Optional.of(parsed(name, content.get(), DsseEnvelope::parse));
  }

  private interface Parser<T> {
    T parse(Bytes content) throws FormatException;
  }

  private static <T> T parsed(String name, Bytes content, Parser<T> parser) throws FormatException {
    try {
      return parser.parse(content);
    } catch (FormatException e) {
      throw e.in(name);
    }
  }

  /** What is done with each device of a long list. */
  @FunctionalInterface
  public interface Visitor {
    void visit(RegisteredDevice device) throws IOException, FormatException;
  }

  /** Every device, by UUID; one at a time, so that a fleet of any size is listed in little room. */
  public void each(Visitor visitor) throws IOException, FormatException {
    Path folder = pki.path().resolve(FOLDER);
    for (Path shard : sorted(folder)) {
      if (shard.getFileName().toString().matches("[0-9a-f]{2}")) {
        for (Path file : sorted(shard)) {
          String name = file.getFileName().toString();
          if (name.endsWith(SUFFIX) && !name.endsWith(RECORD)) {
            var device = find(device(name.substring(0, name.length() - SUFFIX.length()), file));
            if (device.isPresent()) {
              visitor.visit(device.get());
            }
          }
        }
      }
    }
  }

  private static DeviceId device(String uuid, Path file) throws FormatException {
    try {
      return new DeviceId(uuid);
    } catch (IllegalArgumentException e) {
      throw new FormatException("register", 0, "this file is named by no UUID").in(file.toString());
    }
  }

  private static List<Path> sorted(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> entries = Files.list(folder)) {
      return entries.sorted().toList();
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  /** Remembers a challenge; one that was not answered is forgotten. */
  public void remember(PkiTransaction transaction, PendingEnrolment pending) {
    transaction.putPrivate(pendingFile(pending.device()), pending.encode());
  }

  /** Registers what was enrolled, and forgets the challenge. */
  void put(PkiTransaction transaction, RegisteredDevice device, DsseEnvelope record)
      throws IOException, FormatException {
    Digest ek = device.current().ek();
    List<DeviceId> devices = new ArrayList<>(withEndorsementKey(ek));
    if (!devices.contains(device.device())) {
      devices.add(device.device());
    }
    transaction.put(deviceFile(device.device()), device.encode());
    transaction.put(recordFile(device.device()), record.encode());
    transaction.put(
        endorsementFile(ek),
        Json.writePretty(new EndorsementIndex(EndorsementIndex.SCHEMA, devices)));
    transaction.remove(pendingFile(device.device()));
  }

  /** Registers a change of a device that has no other record. */
  void put(PkiTransaction transaction, RegisteredDevice device) {
    transaction.put(deviceFile(device.device()), device.encode());
  }

  private static String deviceFile(DeviceId device) {
    return stem(device) + SUFFIX;
  }

  private static String recordFile(DeviceId device) {
    return stem(device) + RECORD;
  }

  private static String stem(DeviceId device) {
    return "%s/%s/%s".formatted(FOLDER, device.uuid().substring(0, 2), device.uuid());
  }

  private static String pendingFile(DeviceId device) {
    return "%s/pending/%s%s".formatted(FOLDER, device.uuid(), SUFFIX);
  }

  private static String endorsementFile(Digest ek) {
    return "%s/ek/%s/%s%s".formatted(FOLDER, ek.hex().substring(0, 2), ek.hex(), SUFFIX);
  }
}
