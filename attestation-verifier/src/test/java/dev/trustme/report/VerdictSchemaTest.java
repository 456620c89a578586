// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import com.networknt.schema.ValidationMessage;
import dev.trustme.attest.PreparedVerdicts;
import dev.trustme.json.Json;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** The published schema against what is written, by an independent validator. */
class VerdictSchemaTest {
  private static final Path SCHEMA = Path.of("../docs/schema/verdict-1.schema.json");

  private static JsonSchema schema() throws Exception {
    return JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012)
        .getSchema(Files.readString(SCHEMA));
  }

  private static JsonNode json(VerdictReport report) throws Exception {
    return Json.tree(Json.write(report), "verdict");
  }

  @Test
  void everyVerdictFollowsTheSchema() throws Exception {
    for (var each : PreparedVerdicts.all()) {
      assertEquals(Set.of(), schema().validate(json(each.report())), each.name());
    }
    var unknown = VerdictReport.malformed(Optional.empty(), PreparedVerdicts.AT, "is no JSON");
    assertEquals(Set.of(), schema().validate(json(unknown)));
  }

  private static void refuses(VerdictReport report, Consumer<ObjectNode> change) throws Exception {
    var tree = (ObjectNode) json(report);
    change.accept(tree);
    Set<ValidationMessage> messages = schema().validate(tree);
    assertFalse(messages.isEmpty(), tree::toString);
  }

  @Test
  void schemaRefusesWhatNoVerdictSays() throws Exception {
    var accepted = PreparedVerdicts.accepted().report();
    refuses(accepted, t -> t.put("schema", "trustme/verdict/2"));
    refuses(accepted, t -> t.put("verdict", "fine"));
    refuses(accepted, t -> t.put("more", 1));
    refuses(accepted, t -> t.remove("device"));
    refuses(accepted, t -> t.remove("checks"));
    refuses(accepted, t -> ((ArrayNode) t.get("checks")).removeAll());
    refuses(accepted, t -> t.put("problem", "a problem"));
    refuses(accepted, t -> ((ObjectNode) t.get("checks").get(0)).put("result", "fail"));
    refuses(accepted, t -> ((ObjectNode) t.get("checks").get(0)).remove("seen"));
    var malformed = PreparedVerdicts.malformed().report();
    refuses(malformed, t -> t.remove("problem"));
  }
}
