"""The toy contract that the gateway's tests speak: every shape that decision 20 lists."""

from __future__ import annotations

from functools import cache

from google.protobuf.descriptor_pb2 import FileDescriptorSet

from gateway.descriptors import Contract
from tests.unit.gateway.contracts import descriptor_set

PROTO = """
// Colour of a paper.
enum Colour {
  // Not said.
  COLOUR_UNSPECIFIED = 0;
  // Red.
  COLOUR_RED = 1;
  COLOUR_BLUE = 2;
}

// A paper, as the tests know it.
message Paper {
  // Name of the paper. Format: `papers/{paper}`.
  string name = 1;
  string display_title = 2 [(google.api.field_behavior) = REQUIRED, (buf.validate.field).string = {min_len: 1, max_len: 50}];
  int64 big_number = 3;
  Colour colour = 4;
  google.protobuf.Timestamp due_time = 5;
  repeated Line lines = 6;
  map<string, int32> marks = 7;
  oneof kind {
    string letter = 8;
    int32 form = 9;
  }
  bool urgent = 10;
  bytes seal = 11;
  google.protobuf.Duration pause = 12;
  string etag = 13 [(google.api.field_behavior) = OUTPUT_ONLY];
  Paper attached = 14;
  repeated string tags = 15;
  google.protobuf.StringValue remark = 16;
}

message Line {
  string text = 1;
  double weight = 2;
}

message Filter {
  Colour colour = 1;
  bool urgent = 2;
  google.protobuf.Timestamp after = 3;
}

message ListPapersRequest {
  string parent = 1;
  int32 page_size = 2;
  string page_token = 3;
  Filter filter = 4;
  repeated Colour colours = 5;
  repeated string tags = 6;
  google.protobuf.FieldMask read_mask = 7;
  double weight = 8;
  bytes seal = 9;
}
message ListPapersResponse {
  repeated Paper papers = 1;
  string next_page_token = 2;
}
message GetPaperRequest { string name = 1; }
message CreatePaperRequest {
  Paper paper = 1;
  string request_id = 2;
  bool dry_run = 3;
}
message UpdatePaperRequest {
  Paper paper = 1;
  google.protobuf.FieldMask update_mask = 2;
  string request_id = 3;
}
message SignPaperRequest {
  string name = 1;
  string opinion = 2;
  string request_id = 3 [(buf.validate.field).string.uuid = true];
}
message DownloadRequest {
  string name = 1;
  xiaoneng.kit.v1.ByteRange range = 2;
}
message UploadRequest {
  string parent = 1;
  string file_name = 2;
  google.api.HttpBody file = 3;
  string request_id = 4;
}
message Stored {
  string sha256 = 1;
  int64 size = 2;
  string file_name = 3;
  string content_type = 4;
  int32 pieces = 5;
  int32 largest_piece = 6;
  string parent = 7;
}

// Keeps papers.
service PaperService {
  // Lists papers.
  //
  // Newest first.
  rpc ListPapers(ListPapersRequest) returns (ListPapersResponse) {
    option (google.api.http) = {
      get: "/v1/papers"
      additional_bindings { get: "/v1/{parent=shelves/*}/papers" }
    };
    option (xiaoneng.kit.v1.access) = {member: true};
  }
  // Gets a paper.
  rpc GetPaper(GetPaperRequest) returns (Paper) {
    option (google.api.http) = {get: "/v1/{name=papers/*}"};
    option (xiaoneng.kit.v1.access) = {permission: "toy:paper:read"};
  }
  // Creates a paper.
  rpc CreatePaper(CreatePaperRequest) returns (Paper) {
    option (google.api.http) = {post: "/v1/papers" body: "paper"};
    option (xiaoneng.kit.v1.access) = {permission: "toy:paper:create"};
  }
  rpc UpdatePaper(UpdatePaperRequest) returns (Paper) {
    option (google.api.http) = {patch: "/v1/{paper.name=papers/*}" body: "paper"};
    option (xiaoneng.kit.v1.access) = {permission: "toy:paper:update"};
  }
  // Signs a paper. Refused with `NOT_YOURS`.
  rpc SignPaper(SignPaperRequest) returns (Paper) {
    option (google.api.http) = {post: "/v1/{name=papers/*}:sign" body: "*"};
    option (xiaoneng.kit.v1.access) = {permission: "toy:paper:sign"};
  }
  // Gets a paper by its path on the shelf.
  rpc FindPaper(GetPaperRequest) returns (Paper) {
    option (google.api.http) = {get: "/v1/shelf/{name=**}"};
    option (xiaoneng.kit.v1.access) = {public: true};
  }
  rpc Download(DownloadRequest) returns (stream google.api.HttpBody) {
    option (google.api.http) = {get: "/v1/{name=papers/*}:download"};
    option (xiaoneng.kit.v1.access) = {permission: "toy:paper:read"};
  }
  rpc Upload(stream UploadRequest) returns (Stored) {
    option (google.api.http) = {post: "/v1/{parent=papers/*}/files:upload" body: "file"};
    option (xiaoneng.kit.v1.access) = {permission: "toy:paper:update"};
  }
  // Is not for people.
  rpc Inside(GetPaperRequest) returns (Paper) {
    option (xiaoneng.kit.v1.access) = {internal: true};
  }
}
"""


@cache
def files() -> FileDescriptorSet:
    return descriptor_set(PROTO)


@cache
def toy() -> Contract:
    return Contract(files())
