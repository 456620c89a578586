// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.secureboot;

import dev.trustme.artifact.AuthenticatedVariable;
import dev.trustme.bytes.BinaryReader;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.uefi.EfiGuid;
import dev.trustme.uefi.EfiTime;
import dev.trustme.uefi.OvmfVariableStore;
import dev.trustme.uefi.SignatureList;
import dev.trustme.uefi.SignatureType;
import dev.trustme.uefi.SignatureVariable;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** A file with Secure Boot keys, by what it begins with. */
public sealed interface KeyFileContent {
  /** Signature lists and nothing else ({@code .esl}); an empty file is an empty database. */
  record Lists(KeyDatabase database) implements KeyFileContent {}

  /** A signed update ({@code .auth}). */
  record Update(AuthenticatedVariable update, KeyDatabase database) implements KeyFileContent {}

  /** A file of Linux' efivarfs: UINT32 attributes (little-endian), then the variable's content. */
  record Efivar(long attributes, KeyDatabase database) implements KeyFileContent {}

  /** A variable store of OVMF. */
  record Store(OvmfVariableStore store) implements KeyFileContent {
    /** The signature variables that the store holds, in the order of the specification. */
    public Map<SignatureVariable, KeyDatabase> databases() throws FormatException {
      Map<SignatureVariable, KeyDatabase> found = new LinkedHashMap<>();
      for (var variable : SignatureVariable.values()) {
        var stored = store.variable(variable.name(), variable.vendor());
        if (stored.isPresent()) {
          found.put(variable, database(variable, stored.get().data()));
        }
      }
      return found;
    }

    private static KeyDatabase database(SignatureVariable variable, Bytes data)
        throws FormatException {
      try {
        return KeyDatabase.parse(data);
      } catch (FormatException e) {
        throw new FormatException(
            "variable " + variable + ", " + e.structure(), e.offset(), e.problem());
      }
    }
  }

  /** Attributes that a variable with signature lists may have. */
  long KNOWN_ATTRIBUTES = 0x7f;

  /** What the file is, told by its first bytes; an empty one is nothing. */
  static KeyFileContent parse(Bytes file) throws FormatException {
    if (file.size() == 0) {
      throw new FormatException("EFI_SIGNATURE_LIST", 0, "the file is empty");
    }
    if (file.size() > 44 && file.slice(40, 44).equals(Bytes.utf8("_FVH"))) {
      return new Store(OvmfVariableStore.parse(file));
    }
    if (AuthenticatedVariable.likely(file)) {
      var update = AuthenticatedVariable.parse(file);
      return new Update(update, new KeyDatabase(update.lists()));
    }
    if (file.size() == 4 || knownTypeAt(file, 4)) {
      var reader = BinaryReader.littleEndian(file, "efivarfs");
      long attributes = reader.u32();
      if ((attributes & ~KNOWN_ATTRIBUTES) != 0) {
        throw reader.malformed("attributes 0x%x".formatted(attributes));
      }
      return new Efivar(attributes, new KeyDatabase(SignatureList.readDatabase(reader)));
    }
    return new Lists(KeyDatabase.parse(file));
  }

  private static boolean knownTypeAt(Bytes file, int offset) throws FormatException {
    return file.size() >= offset + EfiGuid.SIZE
        && SignatureType.of(EfiGuid.parse(file.slice(offset, offset + EfiGuid.SIZE))).isPresent()
        && SignatureType.of(EfiGuid.parse(file.slice(0, EfiGuid.SIZE))).isEmpty();
  }

  /** The entries of this variable; a file that holds one database holds it for any. */
  default Optional<KeyDatabase> database(SignatureVariable variable) throws FormatException {
    return switch (this) {
      case Lists lists -> Optional.of(lists.database());
      case Update update -> Optional.of(update.database());
      case Efivar efivar -> Optional.of(efivar.database());
      case Store store -> Optional.ofNullable(store.databases().get(variable));
    };
  }

  /** The time stamp behind which an update of this variable must lie. */
  default Optional<EfiTime> time(SignatureVariable variable) {
    return switch (this) {
      case Lists lists -> Optional.empty();
      case Efivar efivar -> Optional.empty();
      case Update update -> Optional.of(update.update().timeStamp());
      case Store store ->
          store
              .store()
              .variable(variable.name(), variable.vendor())
              .map(OvmfVariableStore.Variable::timeStamp)
              .filter(time -> !time.equals(EfiTime.NONE));
    };
  }
}
