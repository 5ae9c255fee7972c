package main

import (
	"encoding/json"
	"fmt"
	"math"
	"reflect"
	"strconv"
	"strings"
	"time"
)

// typed turns the tagged values of a question into Go's: {"i": "5"} is an int, a plain 5 a float64.
func typed(values []any) []any {
	made := make([]any, len(values))
	for index, value := range values {
		made[index] = untagged(value)
	}
	return made
}

func untagged(value any) any {
	switch v := value.(type) {
	case []any:
		return typed(v)
	case map[string]any:
		if text, ok := v["i"].(string); ok && len(v) == 1 {
			number, _ := strconv.Atoi(text)
			return number
		}
		made := make(map[string]any, len(v))
		for key, inner := range v {
			made[key] = untagged(inner)
		}
		return made
	}
	return value
}

// tagged writes a value so that its kind survives JSON: ["int", "5"], ["float", "0.5"], ...
func tagged(value any) any {
	switch v := value.(type) {
	case nil:
		return []any{"nil"}
	case time.Time:
		return []any{"time", v.Format(time.RFC3339Nano)}
	case time.Duration:
		return []any{"duration", strconv.FormatInt(int64(v), 10)}
	case *time.Location:
		return []any{"location", v.String()}
	}
	if encoder, ok := value.(json.Marshaler); ok {
		if text, err := encoder.MarshalJSON(); err == nil {
			return []any{"string", strings.Trim(string(text), `"`)}
		}
	}
	return byKind(reflect.ValueOf(value))
}

// valid has a mark for each byte that is no UTF-8.
func valid(text string) string {
	var made strings.Builder
	for _, char := range text {
		made.WriteRune(char)
	}
	return made.String()
}

func byKind(v reflect.Value) any {
	switch v.Kind() {
	case reflect.Bool:
		return []any{"bool", v.Bool()}
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return []any{"int", strconv.FormatInt(v.Int(), 10)}
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return []any{"int", strconv.FormatUint(v.Uint(), 10)}
	case reflect.Float32, reflect.Float64:
		return []any{"float", strconv.FormatUint(math.Float64bits(v.Float()), 16)}
	case reflect.String:
		return []any{"string", valid(v.String())}
	case reflect.Slice, reflect.Array:
		if v.Kind() == reflect.Slice && v.IsNil() {
			return []any{"nil"}
		}
		items := []any{}
		for i := 0; i < v.Len(); i++ {
			items = append(items, tagged(v.Index(i).Interface()))
		}
		return []any{"array", items}
	case reflect.Map:
		pairs := map[string]any{}
		for _, key := range v.MapKeys() {
			pairs[fmt.Sprint(key.Interface())] = tagged(v.MapIndex(key).Interface())
		}
		return []any{"map", pairs}
	case reflect.Func:
		return []any{"func"}
	}
	return []any{"other", fmt.Sprintf("%T", v.Interface())}
}
