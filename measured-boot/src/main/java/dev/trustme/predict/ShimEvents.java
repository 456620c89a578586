// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.predict;

import static dev.trustme.eventlog.TcgEventType.EV_EFI_VARIABLE_AUTHORITY;
import static dev.trustme.eventlog.TcgEventType.EV_IPL;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.uefi.EfiGuid;
import dev.trustme.uefi.PeImage;
import dev.trustme.uefi.SignatureData;
import dev.trustme.uefi.SignatureList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What shim measures: its lists of keys into PCR 14, the SBAT level and each authority into PCR 7,
 * the images that it starts, and that those start through it, into PCR 4. It looks into db first,
 * then into MokListRT, which is the vendor's certificate and MokList. shim 16.1, mok.c and
 * verify.c; seen so in boots.
 */
final class ShimEvents implements ImageLoader {
  private static final int MOK_PCR = 14;
  private static final String COMPONENT = "shim";

  private final EventSequence events;
  private final ShimImage shim;
  private final ShimVariables variables;
  private final List<SignatureList> db;
  private final List<SignatureList> dbx;
  private final List<SignatureList> mokListX;
  private final Bytes mokListRt;
  private final List<SignatureList> trusted;
  private final Set<Authority> measured = new HashSet<>();

  private record Authority(EfiGuid guid, String name, SignatureData entry) {}

  ShimEvents(EventSequence events, ShimImage shim, FirmwareVariables variables)
      throws FormatException {
    this.events = events;
    this.shim = shim;
    this.variables = variables.shim();
    db = Databases.parse("db", variables.secureBoot().db());
    dbx = Databases.parse("dbx", variables.secureBoot().dbx());
    var mokList = Databases.require("MokList", variables.shim().mokList());
    mokListRt = orDummy(Bytes.concat(shim.vendorAuthorized(), mokList));
    trusted = Databases.parse("MokList", mokListRt);
    mokListX =
        Databases.parse(
            "MokListX", Bytes.concat(shim.vendorDeauthorized(), variables.shim().mokListX()));
  }

  /** A list of keys is never empty: shim writes the digest of nothing, all zero, into it. */
  private static Bytes orDummy(Bytes list) {
    return list.isEmpty()
        ? SignatureList.sha256(
                EfiGuid.SHIM_LOCK,
                dev.trustme.bytes.Digest.zero(dev.trustme.bytes.HashAlgorithm.SHA256))
            .encode()
        : list;
  }

  /** What shim measures before it looks at the next image. */
  void state() throws FormatException {
    events.add(MOK_PCR, EV_IPL, "MokList", COMPONENT, mokListRt);
    events.add(
        MOK_PCR, EV_IPL, "MokListX", COMPONENT, orDummy(SignatureList.encodeDatabase(mokListX)));
    events.variable(
        EV_EFI_VARIABLE_AUTHORITY,
        EfiGuid.SHIM_LOCK,
        "SbatLevel",
        COMPONENT,
        shim.sbatLevel(variables.sbatLevel()));
    if (!variables.mokListTrusted()) {
      events.add(MOK_PCR, EV_IPL, "MokListTrusted", COMPONENT, Bytes.fromHex("01"));
    }
  }

  @Override
  public void load(BootStep step, String component) throws FormatException {
    var image = step.image();
    if (Databases.ofImage(dbx, image::authenticodeDigest).isPresent()
        || Databases.ofImage(mokListX, image::authenticodeDigest).isPresent()) {
      throw new FormatException(
          "dbx", 0, "it or MokListX holds the image's digest: shim will not start it");
    }
    var authority = authority(image, step.verifiedBy());
    if (measured.add(authority)) {
      events.variable(
          EV_EFI_VARIABLE_AUTHORITY,
          authority.guid,
          authority.name,
          component,
          authority.entry.encode());
    }
    events.image(component, image);
  }

  private Authority authority(PeImage image, Optional<Bytes> verifiedBy) throws FormatException {
    Optional<SignatureData> inDb = Databases.ofImage(db, image::authenticodeDigest);
    if (inDb.isEmpty() && verifiedBy.isPresent()) {
      inDb = Databases.entry(db, verifiedBy.get());
    }
    if (inDb.isPresent()) {
      return new Authority(EfiGuid.IMAGE_SECURITY_DATABASE, "db", inDb.get());
    }
    Optional<SignatureData> inMok = Databases.ofImage(trusted, image::authenticodeDigest);
    if (inMok.isEmpty() && verifiedBy.isPresent()) {
      inMok = Databases.entry(trusted, verifiedBy.get());
    }
    return new Authority(
        EfiGuid.SHIM_LOCK, "MokListRT", inMok.orElseThrow(() -> unknown(image, verifiedBy)));
  }

  private FormatException unknown(PeImage image, Optional<Bytes> verifiedBy) {
    int candidates = Databases.certificates(db).size() + Databases.certificates(trusted).size();
    String problem =
        verifiedBy.isPresent()
            ? "neither db nor MokList nor shim itself holds the entry that verifies the image"
            : image.certificates().isEmpty()
                ? "the image is not signed: shim will not start it"
                : "%d certificates may verify the image: say which one does (verified-by)"
                    .formatted(candidates);
    return new FormatException("MokList", 0, problem);
  }
}
