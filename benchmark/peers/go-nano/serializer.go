package main

import (
	"encoding/json"

	"github.com/lonng/nano/serialize/protobuf"
)

// Raw is a payload as it came. Handlers of Go Nano that take []byte get a part of the connection's read
// buffer, and when they are called, the next read may have written over it; this is a copy.
type Raw struct{ bytes []byte }

// Position is what the handler Json takes and answers.
type Position struct {
	ID   int64   `json:"id"`
	Name string  `json:"name"`
	X    float64 `json:"x"`
	Y    float64 `json:"y"`
}

// serializer is Go Nano's for protobuf, as in its own benchmark, and besides for the two types above: a
// process of Go Nano has but one serializer. JSON is coded as Go Nano's serializer for it does.
type serializer struct{ protobuf *protobuf.Serializer }

func (s serializer) Marshal(value interface{}) ([]byte, error) {
	if position, ok := value.(*Position); ok {
		return json.Marshal(position)
	}
	return s.protobuf.Marshal(value)
}

func (s serializer) Unmarshal(data []byte, value interface{}) error {
	switch value := value.(type) {
	case *Raw:
		value.bytes = append([]byte(nil), data...)
		return nil
	case *Position:
		return json.Unmarshal(data, value)
	}
	return s.protobuf.Unmarshal(data, value)
}
