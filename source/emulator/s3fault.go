package emulator

import (
	"encoding/xml"
	"maps"
	"net/http"
	"strconv"
)

// s3Error is an error answer: https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html.
type s3Error struct {
	XMLName      xml.Name `xml:"Error"`
	Code         string
	Message      string
	Key          string `xml:",omitempty"`
	BucketName   string `xml:",omitempty"`
	StorageClass string `xml:",omitempty"`
	Endpoint     string `xml:",omitempty"`
	Bucket       string `xml:",omitempty"`
	RequestID    string `xml:"RequestId"`
}

// writeS3Error answers a request with the error that a fault asks for.
func (f Fault) writeS3Error(w http.ResponseWriter, r *http.Request, region, bucket, key string) {
	status, e := f.s3Error(bucket, key)
	e.RequestID = "4442587FB7D0A2F9"
	if f.Kind == Redirect {
		w.Header().Set("X-Amz-Bucket-Region", region)
		e.Bucket, e.Endpoint = bucket, bucket+".s3."+region+".amazonaws.com"
	}
	body, err := xml.Marshal(e)
	if err != nil { // strings always marshal
		body = nil
	}
	w.Header().Set("Content-Type", "application/xml")
	w.Header().Set("X-Amz-Request-Id", e.RequestID)
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(status)
	if r.Method != http.MethodHead {
		_, _ = w.Write(body) // the client may have gone away: there is nobody to tell
	}
}

func (f Fault) s3Error(bucket, key string) (status int, e s3Error) {
	switch f.Kind {
	case Throttle, Unavailable:
		return http.StatusServiceUnavailable, s3Error{Code: "SlowDown", Message: "Please reduce your request rate."}
	case KMSThrottle:
		return http.StatusBadRequest, s3Error{Code: "KMS.ThrottlingException", Message: "You have exceeded the rate at which you may call KMS."}
	case Expire, ExpiredToken:
		return http.StatusBadRequest, s3Error{Code: "ExpiredToken", Message: "The provided token has expired."}
	case Deny:
		return http.StatusForbidden, s3Error{Code: "AccessDenied", Message: "Access Denied"}
	case ResourceNotFound:
		return http.StatusNotFound, s3Error{Code: "NoSuchBucket", Message: "The specified bucket does not exist", BucketName: bucket}
	case NoSuchKey:
		return http.StatusNotFound, s3Error{Code: "NoSuchKey", Message: "The specified key does not exist.", Key: key}
	case Archived:
		return http.StatusForbidden, s3Error{Code: "InvalidObjectState", Message: "The operation is not valid for the object's storage class", StorageClass: "GLACIER"}
	case Redirect:
		return http.StatusMovedPermanently, s3Error{Code: "PermanentRedirect", Message: "The bucket you are attempting to access must be addressed using the specified endpoint. Please send all future requests to this endpoint."}
	}
	return http.StatusInternalServerError, s3Error{Code: "InternalError", Message: "We encountered an internal error. Please try again."}
}

// send writes the answer with its body mangled by a fault. The length announced is that of the whole body.
func (r *recorded) send(w http.ResponseWriter, f Fault) {
	rest, cut := f.mangled(r.body.Bytes())
	maps.Copy(w.Header(), r.header)
	w.Header().Set("Content-Length", strconv.Itoa(r.body.Len()))
	w.WriteHeader(r.status)
	_, _ = w.Write(rest) // the client may have gone away: there is nobody to tell
	if cut {
		panic(http.ErrAbortHandler)
	}
}
