package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"regexp"
	"strings"

	"github.com/Knetic/govaluate"
	"github.com/itchyny/gojq"
	"github.com/tidwall/gjson"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/client-go/util/jsonpath"
)

// when reads words without quotes as texts, and words its errors as Argo's do.
func when(q question) (any, error) {
	text := q.Expression
	parsed, err := govaluate.NewEvaluableExpression(text)
	if err != nil {
		hint := ""
		if strings.Contains(err.Error(), "Invalid token") {
			hint = " (hint: try wrapping the affected expression in quotes (\"))"
		}
		return nil, fmt.Errorf("Invalid 'when' expression '%s': %v%s", text, err, hint)
	}
	tokens := parsed.Tokens()
	for index := range tokens {
		if tokens[index].Kind == govaluate.VARIABLE {
			tokens[index].Kind = govaluate.STRING
		}
	}
	parsed, err = govaluate.NewEvaluableExpressionFromTokens(tokens)
	if err != nil {
		return nil, fmt.Errorf("Failed to parse 'when' expression '%s': %v", text, err)
	}
	value, err := parsed.Evaluate(nil)
	if err != nil {
		return nil, fmt.Errorf("Failed to evaluate 'when' expresion '%s': %v", text, err)
	}
	truth, ok := value.(bool)
	if !ok {
		return nil, fmt.Errorf("Expected boolean evaluation for '%s'. Got %v", text, value)
	}
	return truth, nil
}

// match gives each match of a pattern with its groups, offsets in bytes.
func match(q question) (any, error) {
	pattern, err := regexp.Compile(q.Expression)
	if err != nil {
		return nil, err
	}
	return pattern.FindAllStringSubmatchIndex(q.Arguments[0].(string), -1), nil
}

// kubectlPath is `kubectl get -o jsonpath=...`.
func kubectlPath(q question) (any, error) {
	path := jsonpath.New("oracle").AllowMissingKeys(true)
	if err := path.Parse(q.Expression); err != nil {
		return nil, err
	}
	var out bytes.Buffer
	if err := path.Execute(&out, untagged(q.Arguments[0])); err != nil {
		return nil, err
	}
	return out.String(), nil
}

// jq gives the results of a filter as Argo puts them together: a line each.
func jq(q question) (any, error) {
	query, err := gojq.Parse(q.Expression)
	if err != nil {
		return nil, err
	}
	code, err := gojq.Compile(query)
	if err != nil {
		return nil, err
	}
	lines := []string{}
	results := code.Run(untagged(q.Arguments[0]))
	for {
		value, more := results.Next()
		if !more {
			return strings.TrimSpace(strings.Join(lines, "\n")), nil
		}
		if err, bad := value.(error); bad {
			return nil, err
		}
		line, text := value.(string)
		if !text {
			encoded, err := gojq.Marshal(value)
			if err != nil {
				return nil, err
			}
			line = string(encoded)
		}
		lines = append(lines, line)
	}
}

type object struct{ gjson.Result }

func (o object) Has(path string) bool              { return o.Result.Get(path).Exists() }
func (o object) Get(path string) string            { return o.Result.Get(path).String() }
func (o object) Lookup(path string) (string, bool) { return o.Get(path), o.Has(path) }

// condition says which requirements of a successCondition an object meets.
func condition(q question) (any, error) {
	selector, err := labels.Parse(q.Expression)
	if err != nil {
		return nil, err
	}
	encoded, _ := json.Marshal(untagged(q.Arguments[0]))
	found := object{gjson.ParseBytes(encoded)}
	requirements, _ := selector.Requirements()
	met := []any{}
	for _, requirement := range requirements {
		met = append(met, requirement.Matches(found))
	}
	return met, nil
}
