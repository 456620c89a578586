// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.exchange;

import dev.trustme.artifact.AuthenticatedVariable;
import dev.trustme.bytes.FormatException;
import dev.trustme.files.Inputs;
import dev.trustme.key.Passphrase;
import dev.trustme.trust.Certificates;
import dev.trustme.trust.Role;
import dev.trustme.uefi.EfiGuid;
import dev.trustme.uefi.SignatureList;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.bouncycastle.cert.X509CertificateHolder;

/** The folders that sbctl and GyroidOS's scripts keep their keys in. */
public final class ForeignFolder {
  private static final int MAX_BYTES = 1 << 20;

  private final Path folder;
  private final Passphrase passphrase;

  /** {@code passphrase} opens keys that are encrypted there. */
  public ForeignFolder(Path folder, Passphrase passphrase) {
    this.folder = folder;
    this.passphrase = passphrase;
  }

  /**
   * sbctl: {@code keys/NAME/NAME.key} and {@code .pem} for PK, KEK and db, {@code GUID} beside
   * {@code keys}; either folder may be given.
   */
  public PlatformImport sbctl() throws IOException, FormatException, GeneralSecurityException {
    Path keys = Files.isDirectory(folder.resolve("keys")) ? folder.resolve("keys") : folder;
    Path guid = keys.resolveSibling("GUID");
    var pk = sbctl(keys, "PK");
    var kek = sbctl(keys, "KEK");
    List<X509CertificateHolder> db = new ArrayList<>();
    try (var own = sbctl(keys, "db")) {
      db.add(own.certificate());
    }
    admitted(keys.resolve("db"), "db").stream().filter(c -> !db.contains(c)).forEach(db::add);
    return new PlatformImport(owner(guid, keys.resolve("PK/PK.esl")), pk, kek, db);
  }

  /** The key that signs boot images. */
  public ForeignCredential sbctlBoot()
      throws IOException, FormatException, GeneralSecurityException {
    Path keys = Files.isDirectory(folder.resolve("keys")) ? folder.resolve("keys") : folder;
    return sbctl(keys, "db");
  }

  private ForeignCredential sbctl(Path keys, String name)
      throws IOException, FormatException, GeneralSecurityException {
    Path of = keys.resolve(name);
    return ForeignCredential.read(
        of.resolve(name + ".key"), List.of(of.resolve(name + ".pem")), passphrase);
  }

  /** Certificates of the .auth or .esl of this name, where there is one. */
  private static List<X509CertificateHolder> admitted(Path folder, String name)
      throws IOException, FormatException {
    Path auth = folder.resolve(name + ".auth");
    Path esl = folder.resolve(name + ".esl");
    if (Files.exists(esl)) {
      return certificates(esl, SignatureLists.of(esl));
    }
    return Files.exists(auth) ? certificates(auth, SignatureLists.ofUpdate(auth)) : List.of();
  }

  private static List<X509CertificateHolder> certificates(Path file, List<SignatureList> lists)
      throws FormatException {
    List<X509CertificateHolder> found = new ArrayList<>();
    for (var list : lists) {
      if (!list.signatureType().equals(EfiGuid.CERT_X509)) {
        throw new FormatException(
                "EFI_SIGNATURE_LIST", 0, "holds hashes; only certificates can be imported")
            .in(file.toString());
      }
      for (var signature : list.signatures()) {
        found.add(Certificates.parseDer(signature.signatureData()));
      }
    }
    return found;
  }

  /** The GUID that the platform's entries carry. */
  private static UUID owner(Path guid, Path esl) throws IOException, FormatException {
    if (Files.exists(guid)) {
      String text = Inputs.read(guid, MAX_BYTES).utf8().strip();
      if (text.matches("(?i)[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")) {
        return UUID.fromString(text);
      }
      throw new FormatException("GUID", 0, "is not a GUID").in(guid.toString());
    }
    return SignatureLists.of(esl).getFirst().signatures().getFirst().signatureOwner().value();
  }

  /** GyroidOS: the authorities by their names in our profile. */
  public Map<String, ForeignCredential> gyroidosAuthorities()
      throws IOException, FormatException, GeneralSecurityException {
    Map<String, ForeignCredential> found = new LinkedHashMap<>();
    for (String stem :
        List.of(
            "ssig_rootca",
            "ssig_subca",
            "ssig_subca_cml",
            "gen_rootca",
            "device_subca",
            "backend_subca",
            "user_subca")) {
      if (Files.exists(folder.resolve(stem + ".key"))) {
        found.put(stem.replace('_', '-'), gyroidos(stem));
      }
    }
    return found;
  }

  /** The keys that sign; firmware admits DB's, so that one signs for the role boot. */
  public Map<Role, ForeignCredential> gyroidosRoles()
      throws IOException, FormatException, GeneralSecurityException {
    Map<Role, ForeignCredential> found = new LinkedHashMap<>();
    if (Files.exists(folder.resolve("DB.key"))) {
      found.put(Role.BOOT, platformKey("DB"));
    }
    var stems =
        Map.of(Role.GUEST_OS, "ssig_cml", Role.BACKEND, "backend", Role.OCSP, "ocsp_server");
    for (Role role : List.of(Role.GUEST_OS, Role.BACKEND, Role.OCSP)) {
      String stem = String.valueOf(stems.get(role));
      if (Files.exists(folder.resolve(stem + ".key"))) {
        found.put(role, gyroidos(stem));
      }
    }
    return found;
  }

  private ForeignCredential gyroidos(String stem)
      throws IOException, FormatException, GeneralSecurityException {
    return ForeignCredential.read(
        folder.resolve(stem + ".key"), List.of(folder.resolve(stem + ".cert")), passphrase);
  }

  private ForeignCredential platformKey(String name)
      throws IOException, FormatException, GeneralSecurityException {
    return ForeignCredential.read(
        folder.resolve(name + ".key"), List.of(folder.resolve(name + ".crt")), passphrase);
  }

  public PlatformImport gyroidosPlatform()
      throws IOException, FormatException, GeneralSecurityException {
    return new PlatformImport(
        owner(folder.resolve("GUID"), folder.resolve("PK.esl")),
        platformKey("PK"),
        platformKey("KEK"),
        admitted(folder, "DB"));
  }

  /** .esl and .auth files. */
  private static final class SignatureLists {
    private SignatureLists() {}

    static List<SignatureList> of(Path esl) throws IOException, FormatException {
      try {
        var lists = SignatureList.parseDatabase(Inputs.read(esl, MAX_BYTES));
        if (lists.isEmpty()) {
          throw new FormatException("EFI_SIGNATURE_LIST", 0, "is empty");
        }
        return lists;
      } catch (FormatException e) {
        throw e.in(esl.toString());
      }
    }

    static List<SignatureList> ofUpdate(Path auth) throws IOException, FormatException {
      try {
        return SignatureList.parseDatabase(
            AuthenticatedVariable.parse(Inputs.read(auth, MAX_BYTES)).data());
      } catch (FormatException e) {
        throw e.in(auth.toString());
      }
    }
  }
}
