// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.measure;

import dev.trustme.bytes.Bytes;
import dev.trustme.cli.measure.Yaml.Node;
import dev.trustme.eventlog.EventData;
import dev.trustme.eventlog.EventData.ActionText;
import dev.trustme.eventlog.EventData.BootServicesApplication;
import dev.trustme.eventlog.EventData.FirmwareBlob;
import dev.trustme.eventlog.EventData.FirmwareText;
import dev.trustme.eventlog.EventData.GptEvent;
import dev.trustme.eventlog.EventData.IplText;
import dev.trustme.eventlog.EventData.StartupLocality;
import dev.trustme.eventlog.EventData.UefiVariable;
import dev.trustme.eventlog.EventType;
import dev.trustme.eventlog.TcgEventType;
import dev.trustme.eventlog.TcgPcrEvent2;
import dev.trustme.eventlog.VariableContent.Absent;
import dev.trustme.eventlog.VariableContent.Authority;
import dev.trustme.eventlog.VariableContent.BareCertificate;
import dev.trustme.eventlog.VariableContent.BootOption;
import dev.trustme.eventlog.VariableContent.BootOrder;
import dev.trustme.eventlog.VariableContent.Flag;
import dev.trustme.eventlog.VariableContent.SbatLevel;
import dev.trustme.eventlog.VariableContent.SignatureDatabase;
import dev.trustme.uefi.DevicePath;
import dev.trustme.uefi.EfiLoadOption;
import dev.trustme.uefi.GptPartition;
import dev.trustme.uefi.SignatureData;
import dev.trustme.uefi.SignatureList;
import dev.trustme.uefi.UefiGptData;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** The key {@code Event} of {@link LogYaml}: a structure where tpm2_eventlog has one, else hex. */
final class EventYaml {
  /** Types that tpm2_eventlog does not know and prints in hex. */
  private static final Set<EventType> IN_HEX =
      Set.of(
          TcgEventType.EV_POST_CODE2,
          TcgEventType.EV_EFI_GPT_EVENT2,
          TcgEventType.EV_EFI_SPDM_DEVICE_POLICY,
          TcgEventType.EV_EFI_SPDM_DEVICE_AUTHORITY);

  private static final Set<String> DATABASES = Set.of("PK", "KEK", "db", "dbx");
  private static final Set<String> AUTHORITIES = Set.of("db", "Shim", "vendor_db");

  private EventYaml() {}

  static Object of(TcgPcrEvent2 event) {
    Bytes raw = event.event();
    if (IN_HEX.contains(event.untrustedType())) {
      return raw.hex();
    }
    return switch (event.untrustedData()) {
      case UefiVariable variable -> variable(variable, event.untrustedType());
      case StartupLocality startup ->
          new Node().with("StartupLocality", Yaml.number(startup.startupLocality()));
      case ActionText action -> action.text();
      case IplText ipl -> new Node().with("String", ipl.text());
      case FirmwareText text -> firmwareText(event, text.text());
      case FirmwareBlob blob -> blob(blob);
      case BootServicesApplication image -> image(image);
      case GptEvent gpt -> gpt(gpt.table());
      case EventData.NoAction noAction -> raw.hex();
      case EventData.Firmware firmware -> raw.hex();
      case EventData.Separator separator -> raw.hex();
      case EventData.TaggedEvent tag -> raw.hex();
      case EventData.TaggedEvents tags -> raw.hex();
      case EventData.Unparsed unparsed -> raw.hex();
    };
  }

  /** Text where the type is text or a region of memory; hex where tpm2_eventlog has hex. */
  private static Object firmwareText(TcgPcrEvent2 event, String text) {
    boolean shown =
        event.untrustedType() == TcgEventType.EV_POST_CODE
            || event.untrustedType() == TcgEventType.EV_EFI_HCRTM_EVENT
            || event.untrustedType() == TcgEventType.EV_S_CRTM_CONTENTS
            || event.untrustedType() == TcgEventType.EV_EFI_PLATFORM_FIRMWARE_BLOB;
    return shown ? text : event.event().hex();
  }

  private static Node blob(FirmwareBlob blob) {
    var node = new Node();
    if (!blob.blobDescription().isEmpty()) {
      node.with("BlobDescriptionSize", Yaml.number(blob.blobDescription().size()));
      node.with("BlobDescription", blob.blobDescription().hex());
    }
    return node.with("BlobBase", Yaml.hex(blob.blobBase()))
        .with("BlobLength", Yaml.hex(blob.blobLength()));
  }

  private static Node image(BootServicesApplication image) {
    return new Node()
        .with("ImageLocationInMemory", Yaml.hex(image.imageLocationInMemory()))
        .with("ImageLengthInMemory", Yaml.number(image.imageLengthInMemory()))
        .with("ImageLinkTimeAddress", Yaml.hex(image.imageLinkTimeAddress()))
        .with("LengthOfDevicePath", Yaml.number(image.devicePath().size()))
        .with("DevicePath", image.path().map(DevicePath::text).orElse(image.devicePath().hex()));
  }

  private static Node variable(UefiVariable event, EventType type) {
    var variable = event.variable();
    var node =
        new Node()
            .with("VariableName", variable.variableName().toString())
            .with("UnicodeNameLength", Yaml.number(variable.unicodeName().length()))
            .with("VariableDataLength", Yaml.number(variable.variableData().size()))
            .with("UnicodeName", variable.unicodeName());
    Object data =
        switch (type) {
          case TcgEventType.EV_EFI_VARIABLE_DRIVER_CONFIG -> configuration(event);
          case TcgEventType.EV_EFI_VARIABLE_AUTHORITY -> authority(event);
          default -> boot(event);
        };
    return node.with("VariableData", data);
  }

  private static Object configuration(UefiVariable event) {
    String name = event.variable().unicodeName();
    return switch (event.content()) {
      case Flag flag when name.equals("SecureBoot") -> enabled(flag.value());
      case Absent absent when name.equals("SecureBoot") -> enabled(false);
      case SignatureDatabase database when DATABASES.contains(name) ->
          database.lists().stream().map(EventYaml::list).toList();
      default -> hex(event);
    };
  }

  private static Object authority(UefiVariable event) {
    String name = event.variable().unicodeName();
    return switch (event.authority()) {
      case Flag flag when name.equals("MokListTrusted") -> enabled(flag.value());
      case Authority authority when AUTHORITIES.contains(name) ->
          List.of(entry(authority.signature()));
      case BareCertificate bare when AUTHORITIES.contains(name) ->
          List.of(new Node().with("SignatureData", bare.der().hex()));
      case SbatLevel level -> new Node().with("String", level.text());
      default -> hex(event);
    };
  }

  private static Object boot(UefiVariable event) {
    String name = event.variable().unicodeName();
    return switch (event.content()) {
      case BootOrder order when name.equals("BootOrder") ->
          order.options().stream().map("Boot%04x"::formatted).toList();
      case BootOption option when name.startsWith("Boot") -> option(option.option());
      default -> hex(event);
    };
  }

  private static Node enabled(boolean value) {
    return new Node().with("Enabled", value ? "Yes" : "No");
  }

  private static String hex(UefiVariable event) {
    return event.variable().variableData().hex();
  }

  private static Node list(SignatureList list) {
    int size = Math.toIntExact(list.signatures().stream().mapToLong(SignatureData::size).sum());
    return new Node()
        .with("SignatureType", list.signatureType().toString())
        .with("SignatureListSize", Yaml.number(28 + list.signatureHeader().size() + size))
        .with("SignatureHeaderSize", Yaml.number(list.signatureHeader().size()))
        .with("SignatureSize", Yaml.number(list.signatureSize()))
        .with("Keys", list.signatures().stream().map(EventYaml::entry).toList());
  }

  private static Node entry(SignatureData signature) {
    return new Node()
        .with("SignatureOwner", signature.signatureOwner().toString())
        .with("SignatureData", signature.signatureData().hex());
  }

  private static Node option(EfiLoadOption option) {
    return new Node()
        .with("Enabled", option.active() ? "Yes" : "No")
        .with(
            "FilePathListLength",
            Yaml.number(option.filePathList().stream().mapToInt(p -> p.encode().size()).sum()))
        .with("Description", option.description())
        .with(
            "DevicePath",
            option.filePathList().stream().map(DevicePath::text).collect(Collectors.joining(" ")));
  }

  private static Node gpt(UefiGptData table) {
    return new Node()
        .with("Header", header(table.header()))
        .with("NumberOfPartitions", Yaml.number(table.partitions().size()))
        .with("Partitions", table.partitions().stream().map(EventYaml::partition).toList());
  }

  private static Node header(UefiGptData.Header header) {
    return new Node()
        .with("Signature", Untrusted.textOrHex(header.signature()))
        .with("Revision", Yaml.hex(header.revision()))
        .with("HeaderSize", Yaml.number(header.headerSize()))
        .with("HeaderCRC32", Yaml.hex(header.headerCrc32()))
        .with("MyLBA", Yaml.hex(header.myLba()))
        .with("AlternateLBA", Yaml.hex(header.alternateLba()))
        .with("FirstUsableLBA", Yaml.hex(header.firstUsableLba()))
        .with("LastUsableLBA", Yaml.hex(header.lastUsableLba()))
        .with("DiskGUID", header.diskGuid().toString())
        .with("PartitionEntryLBA", Yaml.hex(header.partitionEntryLba()))
        .with("NumberOfPartitionEntry", Yaml.number(header.numberOfPartitionEntries()))
        .with("SizeOfPartitionEntry", Yaml.number(header.sizeOfPartitionEntry()))
        .with("PartitionEntryArrayCRC32", Yaml.hex(header.partitionEntryArrayCrc32()));
  }

  private static Node partition(GptPartition partition) {
    return new Node()
        .with("PartitionTypeGUID", partition.partitionTypeGuid().toString())
        .with("UniquePartitionGUID", partition.uniquePartitionGuid().toString())
        .with("StartingLBA", Yaml.hex(partition.startingLba()))
        .with("EndingLBA", Yaml.hex(partition.endingLba()))
        .with("Attributes", Yaml.hex(partition.attributes()))
        .with("PartitionName", partition.partitionName());
  }
}
